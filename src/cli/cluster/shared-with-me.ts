/** What others share with a namespace, as the operator's ConfigMap there says it. */
import { SHARED_WITH_ME_CONFIG_MAP } from '../../api/index.ts';
import type { Connection } from './connection.ts';
import { configMaps } from './kinds.ts';

export interface SharedWithMe {
  readonly uri: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly access: string;
  readonly owner: string;
  readonly expiresAt?: string;
}

/** Sorted by URI; without what has ended by `now`. */
export async function sharedWithMe({ client }: Connection, home: string, now: Date): Promise<readonly SharedWithMe[]> {
  const map = await client.get(configMaps, { namespace: home, name: SHARED_WITH_ME_CONFIG_MAP });
  return Object.values(map?.data ?? {})
    .flatMap((text) => entryOf(text) ?? [])
    .filter(({ expiresAt }) => expiresAt === undefined || new Date(expiresAt).getTime() > now.getTime())
    .sort((a, b) => (a.uri < b.uri ? -1 : 1));
}

function entryOf(text: string): SharedWithMe | undefined {
  try {
    const entry = JSON.parse(text) as Partial<SharedWithMe> | null;
    return typeof entry?.uri === 'string' && typeof entry.namespace === 'string' && typeof entry.name === 'string'
      ? (entry as SharedWithMe)
      : undefined;
  } catch {
    return undefined;
  }
}
