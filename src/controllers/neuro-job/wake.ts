/** What wakes a job besides its own change. */
import type { UserSecretView } from '../user-secret-view.ts';
import type { SecretGrantView } from '../views.ts';
import { wakeByIndex, type Enqueue, type Wake } from '../wake.ts';
import type { Watched } from '../watched.ts';

type WakeStores = Pick<
  Watched,
  'neuroJobs' | 'pods' | 'services' | 'secrets' | 'userSecrets' | 'secretGrants' | 'roleBindings'
>;

export function neuroJobWakes(watched: WakeStores): readonly Wake[] {
  const { store } = watched.neuroJobs;
  const wakeBy = wakeByIndex(store);
  const wakeUnderGrant = ({ metadata, spec }: SecretGrantView, enqueue: Enqueue): void => {
    if (spec.secret === undefined) wakeBy('secretNamespace', metadata.namespace, enqueue);
    else wakeBy('secret', `${metadata.namespace}/${spec.secret}`, enqueue);
  };
  return [
    {
      by: 'its Pod and Service',
      connect: (enqueue) => {
        // Both have the name of the job.
        watched.pods.store.onChange(({ key }) => {
          if (store.get(key) !== undefined) enqueue(key);
        });
        watched.services.store.onChange(({ key, after }) => {
          if (after === undefined && store.get(key) !== undefined) enqueue(key);
        });
      },
    },
    {
      by: 'a snapshot that appears after its end',
      // A former leader may have made it. An unfinished job makes snapshots itself: waking it by them would retry without a pause.
      connect: (enqueue) =>
        watched.secrets.store.onChange(({ before, after }) => {
          if (before === undefined) wakeBy('finishedUid', after?.ownerUid, enqueue);
        }),
    },
    {
      by: 'the UserSecrets it names',
      connect: (enqueue) =>
        watched.userSecrets.store.onChange(({ key, before, after }) => {
          if (isDifferent(before, after)) wakeBy('secret', key, enqueue);
        }),
    },
    {
      by: 'grants over them, and their RoleBindings',
      connect: (enqueue) => {
        watched.secretGrants.store.onChange(({ before, after }) => {
          for (const grant of [before, after]) if (grant !== undefined) wakeUnderGrant(grant, enqueue);
        });
        watched.roleBindings.store.onChange(({ before, after }) => {
          for (const binding of [before, after]) {
            const grant =
              binding?.grantKey === undefined ? undefined : watched.secretGrants.store.get(binding.grantKey);
            if (grant !== undefined) wakeUnderGrant(grant, enqueue);
            // Its grant is gone, so nothing says any more which secrets it was about.
            else wakeBy('secretNamespace', binding?.metadata.namespace, enqueue);
          }
        });
      },
    },
  ];
}

/** Whether anything changed that a job depends on. Counts in the status change often and do not matter to it. */
function isDifferent(before: UserSecretView | undefined, after: UserSecretView | undefined): boolean {
  return (
    before?.metadata.uid !== after?.metadata.uid ||
    before?.metadata.deletionTimestamp !== after?.metadata.deletionTimestamp ||
    before?.metadata.generation !== after?.metadata.generation ||
    before?.onRevoke !== after?.onRevoke ||
    before?.status.observedGeneration !== after?.status.observedGeneration ||
    before?.status.version !== after?.status.version ||
    readyOf(before) !== readyOf(after)
  );
}

function readyOf(userSecret: UserSecretView | undefined): string | undefined {
  return userSecret?.status.conditions?.find(({ type }) => type === 'Ready')?.status;
}
