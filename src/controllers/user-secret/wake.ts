/** What wakes a UserSecret, besides a change of its own. */
import { keyOf, type Clock } from '../../kernel/index.ts';
import { jobSecretRefs } from '../secret-refs.ts';
import type { Enqueue, Wake } from '../wake.ts';
import type { UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import type { Sharing } from './sharing.ts';
import type { Uses } from './uses.ts';

export interface UserSecretWakeSources {
  readonly watched: Pick<Watched, 'userSecrets' | 'secrets' | 'foreignSecrets' | 'neuroJobs'>;
  readonly sharing: Sharing;
  readonly uses: Uses;
  readonly clock: Clock;
  /** Calls the listener after the sealing keys changed. */
  readonly onSealingKeys: (listener: () => void) => void;
}

/** Counts in the status are gathered: many grants or jobs at once make one write. */
const grantsDelayMs = 1_000;
const jobsDelayMs = 5_000;

export function userSecretWakes({
  watched,
  sharing,
  uses,
  clock,
  onSealingKeys,
}: UserSecretWakeSources): readonly Wake[] {
  const { userSecrets, secrets, foreignSecrets, neuroJobs } = watched;
  /** Namespaces whose secrets are all looked at soon. */
  const waiting = new Set<string>();
  const found = (enqueue: Enqueue, index: string, value: string): void => {
    for (const key of userSecrets.store.keysByIndex(index, value)) enqueue(key);
  };
  return [
    {
      by: 'its native Secret',
      connect: (enqueue) => {
        for (const { store } of [secrets, foreignSecrets])
          store.onChange(({ key }) => found(enqueue, 'secretName', key));
      },
    },
    {
      by: 'its former values',
      connect: (enqueue) =>
        secrets.store.onChange(({ before, after }) => {
          for (const secret of [before, after])
            if (secret?.former !== undefined) enqueue(`${secret.metadata.namespace}/${secret.former.userSecret}`);
        }),
    },
    {
      by: 'the Secret it refers to',
      connect: (enqueue) => foreignSecrets.store.onChange(({ key }) => found(enqueue, 'secretKeyRef', key)),
    },
    {
      by: 'rivals',
      connect: (enqueue) =>
        userSecrets.store.onChange(({ before, after }) => {
          if (isSameRival(before, after)) return;
          // One that goes frees its key and its Secret's name; one that comes may be the elder, where two are of one second.
          for (const rival of [before, after]) {
            if (rival === undefined) continue;
            found(enqueue, 'key', `${rival.metadata.namespace}/${rival.key}`);
            found(enqueue, 'secretName', `${rival.metadata.namespace}/${rival.secretName}`);
          }
        }),
    },
    {
      by: 'grants over it',
      connect: (enqueue) =>
        sharing.onChange((namespace, secret) => {
          if (secret !== undefined) enqueue(`${namespace}/${secret}`, { delayMs: grantsDelayMs, lane: 'background' });
          else if (!waiting.has(namespace)) {
            // One look at all secrets of the namespace for many such grants.
            waiting.add(namespace);
            clock.schedule(() => {
              waiting.delete(namespace);
              for (const key of userSecrets.store.keysByIndex('namespace', namespace))
                enqueue(key, { lane: 'background' });
            }, grantsDelayMs);
          }
        }),
    },
    {
      by: 'jobs that use it',
      connect: (enqueue) =>
        neuroJobs.store.onChange(({ before, after }) => {
          const isStill = before !== undefined && after !== undefined;
          if (isStill && before.status.finishTime === after.status.finishTime) return;
          for (const job of [before, after]) {
            for (const ref of job === undefined ? [] : jobSecretRefs(job))
              enqueue(keyOf(ref), { delayMs: jobsDelayMs, lane: 'background' });
          }
        }),
    },
    {
      by: 'uses by jobs',
      connect: (enqueue) => uses.onUse((key) => enqueue(key, { delayMs: jobsDelayMs, lane: 'background' })),
    },
    {
      // It opens what waited for it, and makes others outdated.
      by: 'a new sealing key',
      connect: (enqueue) =>
        onSealingKeys(() => {
          for (const { sourceKind, metadata } of userSecrets.store.values())
            if (sourceKind === 'sealed') enqueue(keyOf(metadata), { cause: 'resync' });
        }),
    },
  ];
}

/** Nothing that a rival cares about changed. */
function isSameRival(before: UserSecretView | undefined, after: UserSecretView | undefined): boolean {
  return (
    isThere(before) && isThere(after) && before?.metadata.uid === after?.metadata.uid && before?.type === after?.type
  );
}

function isThere(userSecret: UserSecretView | undefined): boolean {
  return userSecret !== undefined && userSecret.metadata.deletionTimestamp === undefined;
}
