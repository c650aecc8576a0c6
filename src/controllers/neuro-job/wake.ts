/** What wakes a job besides its own change. */
import type { UserSecretView } from '../user-secret-view.ts';
import type { SecretGrantView } from '../views.ts';
import type { Enqueue, Wake } from '../wake.ts';
import type { Watched } from '../watched.ts';

type WakeStores = Pick<
  Watched,
  'neuroJobs' | 'pods' | 'services' | 'secrets' | 'userSecrets' | 'secretGrants' | 'roleBindings'
>;

export function neuroJobWakes(watched: WakeStores): readonly Wake[] {
  const { store } = watched.neuroJobs;
  const wakeBy = (index: string, value: string | undefined, enqueue: Enqueue): void => {
    if (value !== undefined) for (const key of store.keysByIndex(index, value)) enqueue(key);
  };
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
      // A former leader may have made it. Those of an unfinished job are its own: to be woken by them would be to retry without a pause.
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
            // Its grant is gone, so which secrets it was about is not known any more.
            else wakeBy('secretNamespace', binding?.metadata.namespace, enqueue);
          }
        });
      },
    },
  ];
}

/** Counts in the status change often and mean nothing to a job. */
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
