/** Writes the tags of a secret: its labels without a prefix. The value does not change. */
import { FIELD_MANAGERS, type UserSecret } from '../../../api/index.ts';
import { userSecrets } from '../cluster/object.ts';
import type { Cluster } from '../cluster/use-cluster.ts';

/** `labels`: only what changes; null takes one away. */
export async function changeTags(
  { connection, liveLists }: Cluster,
  { metadata: { namespace = '', name, uid } }: UserSecret,
  labels: Readonly<Record<string, string | null>>,
): Promise<void> {
  if (Object.keys(labels).length === 0) return;
  // The identifier makes it fail for another secret that has the name now.
  const metadata = { uid, labels };
  const by = { fieldManager: FIELD_MANAGERS.console };
  const object = await connection.patch(userSecrets, { namespace, name }, { metadata }, by);
  liveLists.apply(connection, userSecrets, namespace, { type: 'MODIFIED', object });
}
