/** The status of a UserSecret, and its events. Pure: the same facts give the same status to the letter. */
import {
  ANNOTATION_LAST_APPLIED,
  ANNOTATION_REGENERATED,
  ANNOTATION_SEALED_WITH,
  ANNOTATION_VERSION,
  API_VERSION,
  CONDITION_PLAINTEXT,
  CONDITION_READY,
  CONDITION_RECONCILING,
  CONDITION_ROTATION_PENDING,
  CONDITION_SEALING_KEY_OUTDATED,
  CONDITION_STALLED,
  CONDITION_VALUE_REGENERATED,
  FIELD_MANAGERS,
  findCondition,
  replaceConditions,
  rfc3339,
  type ConditionState,
  type UserSecretReason,
  type UserSecretStatus,
  keyWord,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { mergePatch } from '../../kernel/index.ts';
import type { PlannedEvent } from '../plan.ts';
import { uriOf } from '../secret-refs.ts';
import type { StatusWeight } from '../write-rates.ts';
import type { SecretView } from '../secret-view.ts';
import { calledAs, type UserSecretView } from '../user-secret-view.ts';
import { historyStatus, type FormerValue } from './history.ts';
import { nextRotationMs } from './native.ts';
import { rotationMessage, type Rotation } from './rotation.ts';
import type { SharedWith } from './sharing.ts';
import type { LeftBehind, Problem, WriteCause, Written } from './steps.ts';
import { recordedUses, type Use } from './uses.ts';

/** How the native Secret stands. */
export type Outcome =
  | {
      readonly kind: 'ready';
      readonly version: string;
      /** The sealing key that opened the value, where it was sealed. */
      readonly sealedWith?: { readonly keyId: string; readonly isOld: boolean } | undefined;
      /** Epoch milliseconds. */
      readonly nextRotationMs?: number | undefined;
      /** The generated value took the place of one that was lost. */
      readonly isRegenerated?: boolean | undefined;
    }
  | ({ readonly kind: 'failed' } & Required<Problem>);

export type Copies = NonNullable<UserSecretStatus['copies']>;

export interface StatusInput {
  /** A rotation that waits for its hook. */
  readonly rotation?: UserSecretStatus['rotation'];
  readonly userSecret: UserSecretView;
  readonly outcome: Outcome;
  /** Former values that are kept, the newest first. */
  readonly formerValues: readonly FormerValue[];
  /** Grants over this secret, those over the whole namespace too. */
  readonly sharedWith: SharedWith;
  /** Copies of it in other namespaces. */
  readonly copies: Copies;
  /** Unfinished jobs that name it. */
  readonly usedBy: number;
  /** Uses by jobs that started since the status was written. */
  readonly newUses: readonly Use[];
  /** Whether admission checks that the author a value names is the user who wrote it. */
  readonly areAuthorsChecked: boolean;
  readonly nowMs: number;
  /** Now, by the later of the clocks of this machine and of the API server; by default `nowMs`. */
  readonly latestMs?: number;
}

export function planStatus(input: StatusInput): UserSecretStatus {
  const { userSecret, outcome, formerValues, copies, usedBy, newUses, nowMs, latestMs } = input;
  const former = userSecret.status;
  const now = rfc3339(nowMs);
  const version = outcome.kind === 'ready' ? outcome.version : former.version;
  const uses = recordedUses(former, newUses, nowMs, latestMs);
  const changedBy = version === former.version ? former.changedBy : changerOf(input);
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
    ...defined({
      changedBy,
      history: formerValues.length === 0 ? undefined : historyStatus(formerValues),
      sealedWith,
      nextRotation,
      rotation: input.rotation,
    }),
    sharedWith: input.sharedWith,
    ...(copies.count === 0 ? {} : { copies }),
    usedBy,
    ...(uses.length === 0 ? {} : defined({ lastUsedAt: uses[0]?.lastAt, uses })),
    conditions: replaceConditions(former.conditions ?? [], conditions(input), now),
  };
}

const counts: readonly string[] = ['sharedWith', 'copies', 'usedBy', 'lastUsedAt', 'uses'];

/** The first status after a change of the spec never waits. One in which only counts differ is a detail: writing it also writes the value again. */
export function weightOf(former: UserSecretStatus, next: UserSecretStatus): StatusWeight | undefined {
  if (former.observedGeneration !== next.observedGeneration) return undefined;
  return mergePatch(withoutCounts(former), withoutCounts(next)) === undefined ? 'detail' : 'change';
}

function withoutCounts(status: UserSecretStatus): Partial<UserSecretStatus> {
  return Object.fromEntries(Object.entries(status).filter(([name]) => !counts.includes(name)));
}

const followed: readonly unknown[] = ['secretKeyRef', 'configMapKeyRef', 'template', 'sharedFrom'];

/** Who set the value; undefined where that is not known, as for the value of another object. */
function changerOf({ userSecret, areAuthorsChecked }: StatusInput): UserSecretStatus['changedBy'] {
  const { metadata, status, sourceKind, sourceManager, author } = userSecret;
  if (followed.includes(sourceKind)) return undefined;
  if (sourceKind === 'generate') return { manager: FIELD_MANAGERS.userSecret };
  if (sourceManager === undefined) return undefined;
  // If a generation between was never looked at, the value may come from that one, and so from somebody else.
  const isSeen = metadata.generation === 1 || status.observedGeneration === metadata.generation - 1;
  return { manager: sourceManager, ...defined({ user: areAuthorsChecked && isSeen ? author : undefined }) };
}

function conditions({ userSecret, outcome, rotation }: StatusInput): readonly ConditionState[] {
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
    states.push(state(CONDITION_READY, 'Synced', readyMessage(userSecret)));
    if (outcome.sealedWith?.isOld === true) {
      states.push(
        state(
          CONDITION_SEALING_KEY_OUTDATED,
          'KeyOutdated',
          `sealed with the key ${outcome.sealedWith.keyId}, which is not the current one: 'neuro secret reseal ${keyWord(calledAs(userSecret))}' seals it again without showing it`,
        ),
      );
    }
    if (outcome.isRegenerated === true) {
      const { secretName, metadata } = userSecret;
      states.push(
        state(
          CONDITION_VALUE_REGENERATED,
          'Regenerated',
          `the former value was lost with the Secret '${secretName}', and a new one was generated: update what uses the former one, then remove this notice: kubectl annotate secret ${secretName} -n ${metadata.namespace} ${ANNOTATION_REGENERATED}-`,
        ),
      );
    }
  } else {
    const { reason, message } = outcome;
    states.push(state(CONDITION_READY, reason, message, 'False'));
    states.push(state(outcome.isStalled ? CONDITION_STALLED : CONDITION_RECONCILING, reason, message));
  }
  if (rotation !== undefined)
    states.push(state(CONDITION_ROTATION_PENDING, rotationReason(rotation), rotationMessage(userSecret, rotation)));
  if (userSecret.sourceKind === 'value' || userSecret.sourceKind === 'valueBase64') {
    states.push(
      state(
        CONDITION_PLAINTEXT,
        'PlaintextSource',
        `spec.${userSecret.sourceKind} is visible to anyone who can read this object: 'neuro secret add' and 'neuro secret seal' write it sealed`,
      ),
    );
  } else if (userSecret.hasAppliedValue === true) {
    const { namespace, name } = userSecret.metadata;
    states.push(
      state(
        CONDITION_PLAINTEXT,
        'PlaintextCopy',
        `an annotation that 'kubectl apply' wrote holds a plain value, visible to anyone who can read this object: remove it, and change that value if it is still in use: kubectl annotate usersecret ${name} -n ${namespace} ${ANNOTATION_LAST_APPLIED}-`,
      ),
    );
  }
  return states;
}

function rotationReason({ state, reason }: Rotation): UserSecretReason {
  if (state === 'Running') return 'WaitingForHook';
  return reason === 'HookNotFound' ? 'HookNotFound' : 'HookFailed';
}

function readyMessage({ secretName, sharedFrom }: UserSecretView): string {
  if (sharedFrom === undefined) return `the Secret '${secretName}' holds the value`;
  return `the Secret '${secretName}' holds a copy of ${uriOf(sharedFrom)}; people who can read Secrets in this namespace can read it`;
}

/** The outcome for a native Secret that is in order. It is read from annotations of that Secret, so it is the same after a restart. */
export function readyOutcome(
  userSecret: UserSecretView,
  native: SecretView | undefined,
  currentKeyIds: readonly string[],
  latestMs: number,
): Outcome {
  const { [ANNOTATION_VERSION]: version = '', [ANNOTATION_SEALED_WITH]: keyId } = native?.metadata.annotations ?? {};
  const isRegenerated =
    userSecret.sourceKind === 'generate' && native?.metadata.annotations?.[ANNOTATION_REGENERATED] !== undefined;
  const isSealed = userSecret.sourceKind === 'sealed' && keyId !== undefined;
  return {
    kind: 'ready',
    version,
    sealedWith: isSealed ? { keyId, isOld: !currentKeyIds.includes(keyId) } : undefined,
    nextRotationMs: nextRotationMs(userSecret, native, latestMs),
    isRegenerated,
  };
}

const notes: Partial<
  Record<WriteCause, { readonly type: 'Normal' | 'Warning'; readonly reason: UserSecretReason; readonly note: string }>
> = {
  Adopted: {
    type: 'Normal',
    reason: 'Adopted',
    note: 'took over the Secret whose annotation neu.ro/adopt names this UserSecret',
  },
  Restored: {
    type: 'Normal',
    reason: 'Restored',
    note: 'took over the Secret of the former UserSecret of this name, which was restored from a backup',
  },
  Drift: {
    type: 'Warning',
    reason: 'Healed',
    note: 'the Secret was changed by something else; it was put back as it was',
  },
  Rotated: {
    type: 'Normal',
    reason: 'Rotated',
    note: 'made a new value; the former one is kept under "<key>.previous"',
  },
};

const regenerated = {
  type: 'Warning',
  reason: 'Regenerated',
  note: 'the Secret with the generated value was deleted; a new value was made, which its users have to learn',
} as const;

function leftBehind({ name, refusal }: LeftBehind): PlannedEvent['text'] {
  const note = `the Secret '${name}' has a value that was kept while the native Secret was replaced, and the API server does not let the operator delete it: delete it (${refusal})`;
  return { type: 'Warning', reason: 'Refused', action: 'Write', note };
}

/** Events for changes that happened, and warnings for what is newly wrong, such as a value that people can read now. */
export function eventsOf(
  userSecret: UserSecretView,
  status: UserSecretStatus,
  {
    written = [],
    refusal,
    left,
  }: {
    readonly written?: readonly Written[] | undefined;
    readonly refusal?: string | undefined;
    readonly left?: LeftBehind | undefined;
  },
): readonly PlannedEvent[] {
  const { namespace, name, uid } = userSecret.metadata;
  const regarding = { apiVersion: API_VERSION, kind: 'UserSecret', namespace, name, uid };
  const writes = written.flatMap(({ cause, value, isAfterLoss }) => {
    const known = isAfterLoss === true ? regenerated : notes[cause];
    if (known === undefined) return [];
    const isNew = cause === 'Drift' && value === 'obtained' && userSecret.sourceKind === 'generate';
    const note = isNew
      ? 'the generated value was changed by something else and could not be put back; a new one was made'
      : known.note;
    return [{ regarding, text: { ...known, action: 'Write', note } }];
  });
  const warnings = (status.conditions ?? []).flatMap(({ type, status: is, reason, message }) => {
    const isTrouble =
      type === CONDITION_PLAINTEXT || (type === CONDITION_ROTATION_PENDING && reason !== 'WaitingForHook');
    // Somebody deleted it on purpose; most are gone a moment later.
    const isWarning = type === CONDITION_READY ? is === 'False' && reason !== 'Deleting' : isTrouble;
    const former = findCondition(userSecret.status.conditions, type);
    if (!isWarning || (former?.status === is && former.reason === reason)) return [];
    return [{ regarding, text: { type: 'Warning', reason, action: 'Reconcile', note: message } as const }];
  });
  const note = `the former value is not in the history: ${refusal ?? ''}`;
  const notKept = { type: 'Warning', reason: 'HistoryNotKept', action: 'Write', note } as const;
  const found = left === undefined ? [] : [{ regarding, text: leftBehind(left) }];
  return [...(refusal === undefined ? [] : [{ regarding, text: notKept }]), ...found, ...writes, ...warnings];
}
