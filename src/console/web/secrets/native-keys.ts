/** What is said of a native Secret before it is followed: its type and its keys. Its values come with them, and are dropped here. */
import type { NativeKeys } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import type { Connection } from '../cluster/connection.ts';
import { ClusterError } from '../cluster/errors.ts';
import { nativeSecrets } from '../cluster/object.ts';

export async function keysOfSecret(
  connection: Connection,
  place: { readonly namespace: string; readonly name: string },
  signal?: AbortSignal,
): Promise<NativeKeys | 'notFound' | 'forbidden'> {
  try {
    const { metadata, type = 'Opaque', data = {} } = await connection.get(nativeSecrets, place, signal);
    const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'UserSecret')?.name;
    const keys = Object.keys(data);
    return { name: place.name, type, keys, empty: keys.filter((key) => data[key] === ''), ...defined({ owner }) };
  } catch (error) {
    if (error instanceof ClusterError && (error.kind === 'notFound' || error.kind === 'forbidden')) return error.kind;
    throw error;
  }
}
