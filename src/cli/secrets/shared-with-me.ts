/** What others share with a namespace, as the operator's ConfigMap there lists it. */
import { SHARED_WITH_ME_CONFIG_MAP } from '../../api/index.ts';
import { sharedEntries, type SharedEntries } from '../../client/index.ts';
import type { Connection } from '../connect/connection.ts';
import { configMaps } from '../connect/kinds.ts';

/** Without what has expired by `now`. It may be older than the grants: ask the API server before you rely on it. */
export async function sharedWithMe({ client }: Connection, home: string, now: Date): Promise<SharedEntries> {
  const map = await client.get(configMaps, { namespace: home, name: SHARED_WITH_ME_CONFIG_MAP });
  return sharedEntries(map?.data ?? {}, now.getTime());
}
