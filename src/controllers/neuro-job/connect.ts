/** What wakes a job besides its own change. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { SecretGrantView, UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';

export function connectNeuroJobs(watched: Watched, enqueue: (key: ObjectKey) => void): void {
  const { store } = watched.neuroJobs;
  const wakeUsersOf = (secretKey: string): void => {
    for (const key of store.keysByIndex('secret', secretKey)) enqueue(key);
  };
  const wakeByUid = (uid: string | undefined): void => {
    if (uid !== undefined) for (const key of store.keysByIndex('uid', uid)) enqueue(key);
  };
  const wakeUnderGrant = ({ metadata, spec }: SecretGrantView): void => {
    const { namespace } = metadata;
    if (spec.secret !== undefined) wakeUsersOf(`${namespace}/${spec.secret}`);
    else for (const key of watched.userSecrets.store.keysByIndex('namespace', namespace)) wakeUsersOf(key);
  };

  // The Pod, and the Service, have the name of the job.
  watched.pods.store.onChange(({ key }) => {
    if (store.get(key) !== undefined) enqueue(key);
  });
  watched.services.store.onChange(({ key, after }) => {
    if (after === undefined && store.get(key) !== undefined) enqueue(key);
  });
  // A snapshot that a former leader made for a job that is finished has to go.
  watched.secrets.store.onChange(({ before, after }) => {
    if (before === undefined) wakeByUid(after?.ownerUid);
  });
  watched.userSecrets.store.onChange(({ key, before, after }) => {
    if (isDifferent(before, after)) wakeUsersOf(key);
  });
  watched.secretGrants.store.onChange(({ before, after }) => {
    for (const grant of [before, after]) if (grant !== undefined) wakeUnderGrant(grant);
  });
  watched.roleBindings.store.onChange(({ before, after }) => {
    for (const binding of [before, after]) {
      const grant = binding?.grantKey === undefined ? undefined : watched.secretGrants.store.get(binding.grantKey);
      if (grant !== undefined) wakeUnderGrant(grant);
      else if (binding !== undefined) {
        // Its grant is gone, so which secrets it was about is not known any more.
        const keys = watched.userSecrets.store.keysByIndex('namespace', binding.metadata.namespace);
        for (const key of keys) wakeUsersOf(key);
      }
    }
  });
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
