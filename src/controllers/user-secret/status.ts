/** The status of a UserSecret, from what was done. Pure: the same facts give the same status to the letter. */
import {
  CONDITION_PLAINTEXT,
  CONDITION_READY,
  CONDITION_RECONCILING,
  CONDITION_SEALING_KEY_OUTDATED,
  CONDITION_STALLED,
  formatSubject,
  replaceConditions,
  type ConditionState,
  type UserSecretStatus,
} from '../../api/index.ts';
import type { SecretGrantView, UserSecretView } from '../views.ts';

/** What became of the native Secret. */
export type NativeOutcome =
  | {
      readonly kind: 'ready';
      readonly version: string;
      /** The sealing key that opened the value, where it was sealed. */
      readonly sealedWith?: { readonly keyId: string; readonly isOld: boolean } | undefined;
      readonly nextRotationMs?: number | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly message: string;
      /** True when only a change by a person can help; false when waiting can. */
      readonly isStalled: boolean;
    };

export interface StatusInput {
  readonly userSecret: UserSecretView;
  readonly outcome: NativeOutcome;
  /** Grants over this secret, those over the whole namespace too. */
  readonly grants: readonly SecretGrantView[];
  /** Unfinished jobs that name it. */
  readonly usedBy: number;
  readonly nowMs: number;
}

/** Subjects that the status names; the count says how many there are in all. */
const listedSubjects = 5;

export function planStatus(input: StatusInput): UserSecretStatus {
  const { userSecret, outcome, usedBy, nowMs } = input;
  const former = userSecret.status;
  const now = rfc3339(nowMs);
  const version = outcome.kind === 'ready' ? outcome.version : former.version;
  const sealedWith = outcome.kind === 'ready' ? outcome.sealedWith?.keyId : former.sealedWith;
  const nextRotation =
    outcome.kind === 'ready' && outcome.nextRotationMs !== undefined ? rfc3339(outcome.nextRotationMs) : undefined;
  return {
    observedGeneration: userSecret.metadata.generation,
    key: userSecret.key,
    secretName: userSecret.secretName,
    ...(version === undefined
      ? {}
      : { version, updatedAt: version === former.version ? (former.updatedAt ?? now) : now }),
    ...(sealedWith === undefined ? {} : { sealedWith }),
    ...(nextRotation === undefined ? {} : { nextRotation }),
    sharedWith: sharedWith(input.grants),
    usedBy,
    conditions: replaceConditions(former.conditions ?? [], conditions(input), now),
  };
}

function sharedWith(grants: readonly SecretGrantView[]): NonNullable<UserSecretStatus['sharedWith']> {
  const active = grants.filter((grant) => grant.status.phase === 'Active');
  const subjects = [...new Set(active.map((grant) => formatSubject(grant.spec.subject)))].sort();
  return { count: subjects.length, ...(subjects.length === 0 ? {} : { subjects: subjects.slice(0, listedSubjects) }) };
}

function conditions({ userSecret, outcome }: StatusInput): readonly ConditionState[] {
  const observedGeneration = userSecret.metadata.generation;
  const state = (
    type: string,
    reason: string,
    message: string,
    status: ConditionState['status'] = 'True',
  ): ConditionState => ({
    type,
    status,
    reason,
    message,
    observedGeneration,
  });
  const states: ConditionState[] = [];
  if (outcome.kind === 'ready') {
    states.push(state(CONDITION_READY, 'Synced', `the Secret '${userSecret.secretName}' holds the value`));
    if (outcome.sealedWith?.isOld === true) {
      states.push(
        state(
          CONDITION_SEALING_KEY_OUTDATED,
          'KeyOutdated',
          `sealed with the key ${outcome.sealedWith.keyId}, which is not the current one: 'neuro secret reseal ${userSecret.key}' seals it again without showing it`,
        ),
      );
    }
  } else {
    const { reason, message } = outcome;
    states.push(state(CONDITION_READY, reason, message, 'False'));
    states.push(state(outcome.isStalled ? CONDITION_STALLED : CONDITION_RECONCILING, reason, message));
  }
  if (userSecret.sourceKind === 'value' || userSecret.sourceKind === 'valueBase64') {
    states.push(
      state(
        CONDITION_PLAINTEXT,
        'PlaintextSource',
        `spec.${userSecret.sourceKind} is readable to whoever may read this object: 'neuro secret add' and 'neuro secret seal' write it sealed`,
      ),
    );
  }
  return states;
}

/** Whole seconds, as Kubernetes writes times. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
