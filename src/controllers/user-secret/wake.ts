/** What wakes a UserSecret, besides a change of its own. */
import { keyOf, type Clock } from '../../kernel/index.ts';
import { jobSecretRefs } from '../secret-refs.ts';
import { isThere } from '../meta-view.ts';
import { gatherLooks, wakeByIndex, type Wake } from '../wake.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { isHeldCopy, type UserSecretView } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';
import type { UserSecretSources } from './act-dependencies.ts';
import { claimantsOf, type NativeChange } from './claimants.ts';
import { fromOf } from './copies.ts';
import { connectCopyAccess } from './copy-wakes.ts';
import { connectRivals } from './rival-wakes.ts';
import type { Sharing } from './sharing.ts';
import type { Uses } from './uses.ts';

interface UserSecretWakeSources {
  readonly watched: UserSecretSources & Pick<Watched, 'roles'>;
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
  const { userSecrets, secrets, foreignSecrets, configMaps, neuroJobs } = watched;
  const wakeBy = wakeByIndex(userSecrets.store);
  const gathered = gatherLooks(clock);
  return [
    {
      by: 'its native Secret',
      connect: (enqueue) => {
        const wake = (change: NativeChange): void => {
          for (const key of claimantsOf(userSecrets.store, change)) enqueue(key);
        };
        secrets.store.onChange(wake);
        foreignSecrets.store.onChange(wake);
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
      connect: (enqueue) => foreignSecrets.store.onChange(({ key }) => wakeBy('secretKeyRef', key, enqueue)),
    },
    {
      by: 'the ConfigMap it refers to',
      connect: (enqueue) => configMaps.onChange((key) => wakeBy('configMapKeyRef', key, enqueue)),
    },
    {
      by: 'parts of its template',
      connect: (enqueue) => {
        userSecrets.store.onChange(({ key, before, after }) => {
          if (!isSameToTemplates(before, after)) wakeBy('part', key, enqueue);
          // Whether a part of a part is a template decides whether the chain is too long.
          if ((before?.parts === undefined) !== (after?.parts === undefined))
            for (const template of userSecrets.store.keysByIndex('part', key)) wakeBy('part', template, enqueue);
        });
        secrets.store.onChange((change) => {
          for (const part of claimantsOf(userSecrets.store, change)) wakeBy('part', part, enqueue);
        });
      },
    },
    {
      by: 'the hook of its rotation, and the runs of that',
      connect: (enqueue) =>
        neuroJobs.store.onChange(({ key, before, after }) => {
          if (before === undefined || after === undefined) wakeBy('rotateHook', key, enqueue);
          const { rotates, metadata } = (after ?? before) as NeuroJobView;
          const isOver = after === undefined || before?.status.finishTime !== after.status.finishTime;
          if (rotates !== undefined && isOver) enqueue(`${metadata.namespace}/${rotates.name}`);
        }),
    },
    {
      by: 'rivals',
      connect: (enqueue) => connectRivals(userSecrets.store, gathered, enqueue),
    },
    {
      by: 'grants over it',
      connect: (enqueue) =>
        sharing.onChange((namespace, secret) => {
          if (secret !== undefined) enqueue(`${namespace}/${secret}`, { delayMs: grantsDelayMs, lane: 'background' });
          else {
            // One look at all secrets of the namespace serves many such grants.
            gathered(namespace, grantsDelayMs, () => {
              for (const key of userSecrets.store.keysByIndex('namespace', namespace))
                enqueue(key, { lane: 'background' });
            });
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
      by: 'the UserSecret it copies',
      connect: (enqueue) => {
        userSecrets.store.onChange(({ key, before, after }) => {
          if (!isSameToCopies(before, after)) wakeBy('sharedFrom', key, enqueue);
        });
        secrets.store.onChange((change) => {
          for (const source of claimantsOf(userSecrets.store, change)) wakeBy('sharedFrom', source, enqueue);
        });
      },
    },
    {
      by: 'grants over that, and their Roles and RoleBindings',
      connect: (enqueue) => connectCopyAccess(watched, enqueue),
    },
    {
      by: 'copies of it',
      connect: (enqueue) =>
        userSecrets.store.onChange(({ before, after }) => {
          if (heldFrom(before) === heldFrom(after)) return;
          for (const key of [heldFrom(before), heldFrom(after)])
            if (key !== undefined) enqueue(key, { delayMs: jobsDelayMs, lane: 'background' });
        }),
    },
    {
      // It may open a value that no key could open so far, and it makes values sealed with other keys outdated.
      by: 'a new sealing key',
      connect: (enqueue) =>
        onSealingKeys(() => {
          for (const { sourceKind, metadata } of userSecrets.store.values())
            if (sourceKind === 'sealed') enqueue(keyOf(metadata), { cause: 'resync' });
        }),
    },
  ];
}

/** The secret whose value a copy holds. */
function heldFrom(userSecret: UserSecretView | undefined): string | undefined {
  return userSecret !== undefined && isHeldCopy(userSecret) ? fromOf(userSecret) : undefined;
}

/** Nothing that a copy depends on changed. The value is in the native Secret, whose changes wake copies by themselves. */
function isSameToCopies(before: UserSecretView | undefined, after: UserSecretView | undefined): boolean {
  return (
    isThere(before) === isThere(after) &&
    before?.metadata.uid === after?.metadata.uid &&
    before?.keepsCopies === after?.keepsCopies &&
    fromOf(before ?? {}) === fromOf(after ?? {})
  );
}

/** Nothing that a template depends on changed in its part. Changes of the value wake templates by themselves. */
function isSameToTemplates(before: UserSecretView | undefined, after: UserSecretView | undefined): boolean {
  return (
    isThere(before) === isThere(after) &&
    before?.metadata.uid === after?.metadata.uid &&
    before?.sourceHash === after?.sourceHash
  );
}
