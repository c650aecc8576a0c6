/** What can be done with several secrets at once. */
import { lazy } from 'react';
import { defined } from '../../../defined.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
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
  const whyNot = useMayNotCreate('secretgrants', namespace);
  const { label, done, ...question } = remove;
  return [
    { ...tag, Form: BulkTags },
    // A copy is not one's own to share.
    { ...share, ...defined({ whyNot }), isFor: ({ source }) => source !== 'copy', Form: BulkShare },
    { label, done, question, act: ({ secret, grants }) => removeSecret(cluster, secret, grants) },
  ];
}
