/** What can be done with several secrets at once. */
import { lazy } from 'react';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotCreate, useMayNotEach } from '../cluster/use-may-not.ts';
import type { BulkAction } from '../parts/bulk-bar.tsx';
import { texts } from '../texts.ts';
import type { SecretRow } from './secret-rows.ts';
import { removeSecret } from './secret-writes.ts';

const BulkShare = lazy(async () => ({ default: (await import('./bulk-share.tsx')).BulkShare }));
const BulkTags = lazy(async () => ({ default: (await import('./tags-dialog.tsx')).BulkTags }));

/** In the namespace. */
export function useBulkSecrets(namespace: string): readonly BulkAction<SecretRow>[] {
  const cluster = useCluster();
  const { tag, share, remove } = texts.bulk.secrets;
  const mayNotShare = useMayNotCreate('secretgrants', namespace);
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'usersecrets', namespace });
  const mayNotRemove = useMayNotEach({ verb: 'delete', resource: 'usersecrets', namespace });
  const { label, done, ...question } = remove;
  return [
    { ...tag, whyNot: ({ name }) => mayNotChange(name), Form: BulkTags },
    // A copy is not one's own to share.
    { ...share, whyNot: () => mayNotShare, isFor: ({ source }) => source !== 'copy', Form: BulkShare },
    {
      ...{ label, done, question },
      whyNot: ({ name }) => mayNotRemove(name),
      act: async ({ secret, grants }) => {
        const left = await removeSecret(cluster, secret, grants);
        if (left !== undefined) throw left;
      },
    },
  ];
}
