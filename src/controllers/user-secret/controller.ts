/**
 * Keeps one native Secret for each UserSecret, and says in the status how it stands.
 * Writes: the native Secret (native-secret.ts) and the status, each only when something differs.
 */
import { FIELD_MANAGERS } from '../../api/index.ts';
import { keyOf, mergePatch, type Clock, type ObjectKey, type Reconcile } from '../../kernel/index.ts';
import type { SealingKeyring } from '../../sealing/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { jobSecretRefs } from '../neuro-job/secret-refs.ts';
import type { Recorder } from '../recorder.ts';
import { RepairLimiter } from '../repair-limiter.ts';
import type { UserSecretView } from '../views.ts';
import { everySecret, type Watched } from '../watched.ts';
import { tellOfStatus } from './events.ts';
import { settleNative } from './native-secret.ts';
import { planStatus, type NativeOutcome } from './status.ts';

export interface UserSecretDependencies {
  readonly watched: Watched;
  readonly fingerprint: Fingerprint;
  /** The sealing keys of this moment. */
  readonly keyring: () => SealingKeyring;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** How often a waiting reference, an unknown sealing key or a taken name is looked at again without a watch saying so. */
const lookAgainMs = 60_000;
/** Only another source or another sealing key helps, and both wake it. To try each minute would cost all keys in vain for each. */
const finalReasons: ReadonlySet<string> = new Set(['CannotOpen', 'Malformed', 'ValueInvalid']);

export function createUserSecretReconciler(deps: UserSecretDependencies): Reconcile {
  const { watched, clock } = deps;
  const repairs = new RepairLimiter(clock);

  return async (key, { signal }) => {
    const userSecret = watched.userSecrets.store.get(key);
    // Gone or going: the owner reference takes the native Secret along, or its absence (Orphan) leaves it.
    if (userSecret === undefined || userSecret.metadata.deletionTimestamp !== undefined) {
      repairs.forget(key);
      return 'done';
    }
    // Nothing can be made in a namespace that goes, and what is there goes with it.
    const namespace = watched.namespaces.store.get(userSecret.metadata.namespace);
    if (namespace?.metadata.deletionTimestamp !== undefined) return 'done';
    const outcome = await settleNative({ ...deps, repairs }, userSecret, signal);
    await writeStatus(deps, userSecret, outcome, signal);
    if (outcome.kind === 'failed') {
      if (finalReasons.has(outcome.reason)) return 'done';
      return { requeueAfterMs: outcome.reason === 'Replacing' ? 1_000 : lookAgainMs };
    }
    if (outcome.nextRotationMs === undefined) return 'done';
    return { requeueAfterMs: Math.max(0, outcome.nextRotationMs - clock.now()) };
  };
}

/** What wakes a UserSecret besides its own change. */
export function connectUserSecrets(
  watched: Watched,
  enqueue: (key: ObjectKey) => void,
  enqueueAfter: (key: ObjectKey, delayMs: number) => void,
): void {
  const wake = (index: string, value: string): void => {
    for (const key of watched.userSecrets.store.keysByIndex(index, value)) enqueue(key);
  };
  watched.userSecrets.store.onChange(({ key, before, after }) => {
    enqueue(key);
    if (isThere(before) && isThere(after) && before?.metadata.uid === after?.metadata.uid) return;
    // One that goes frees its key and its Secret's name; one that comes may be the elder, where two are of one second.
    for (const rival of [before, after]) {
      if (rival === undefined) continue;
      wake('key', `${rival.metadata.namespace}/${rival.key}`);
      wake('secretName', `${rival.metadata.namespace}/${rival.secretName}`);
    }
  });
  watched.secrets.store.onChange(({ key }) => wake('secretName', key));
  watched.foreignSecrets.store.onChange(({ key }) => {
    wake('secretName', key);
    wake('secretKeyRef', key);
  });
  watched.secretGrants.store.onChange(({ before, after }) => {
    for (const grant of [before, after]) {
      if (grant === undefined) continue;
      const { namespace } = grant.metadata;
      const keys =
        grant.spec.secret === undefined
          ? watched.userSecrets.store.keysByIndex('namespace', namespace)
          : [`${namespace}/${grant.spec.secret}`];
      for (const key of keys) enqueueAfter(key, countsDelayMs);
    }
  });
  watched.neuroJobs.store.onChange(({ before, after }) => {
    if (before !== undefined && after !== undefined && before.status.finishTime === after.status.finishTime) return;
    for (const job of [before, after]) {
      for (const key of job === undefined ? [] : jobSecretKeys(job)) enqueueAfter(key, usedByDelayMs);
    }
  });
}

/** Counts in the status are gathered: many grants or jobs at once make one write. */
const countsDelayMs = 1_000;
const usedByDelayMs = 5_000;

async function writeStatus(
  deps: UserSecretDependencies,
  userSecret: UserSecretView,
  outcome: NativeOutcome,
  signal: AbortSignal,
): Promise<void> {
  const { watched } = deps;
  const { namespace, name } = userSecret.metadata;
  const grants = [
    ...watched.secretGrants.store.byIndex('secret', `${namespace}/${name}`),
    ...watched.secretGrants.store.byIndex('secret', `${namespace}/${everySecret}`),
  ];
  const usedBy = watched.neuroJobs.store.keysByIndex('secret', `${namespace}/${name}`).size;
  const status = planStatus({ userSecret, outcome, grants, usedBy, nowMs: deps.clock.now() });
  const patch = mergePatch(userSecret.status, status);
  if (patch === undefined) return;
  // With the resourceVersion, because the name may be that of another object by now, whose status this is not.
  const { resourceVersion } = userSecret.metadata;
  await watched.userSecrets.patch(
    userSecret.metadata,
    { metadata: { resourceVersion }, status: patch },
    { subresource: 'status', fieldManager: FIELD_MANAGERS.userSecret, signal },
  );
  tellOfStatus(deps.recorder, userSecret, status.conditions ?? []);
}

function isThere(userSecret: UserSecretView | undefined): boolean {
  return userSecret !== undefined && userSecret.metadata.deletionTimestamp === undefined;
}

function jobSecretKeys(job: Parameters<typeof jobSecretRefs>[0]): readonly ObjectKey[] {
  return jobSecretRefs(job).map(keyOf);
}
