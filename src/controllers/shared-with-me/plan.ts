/**
 * What is shared with the people and jobs of one namespace, as its ConfigMap `neuro-shared-with-me` says it: one entry a
 * secret, no value. RBAC cannot be asked backwards, so this is where `neuro` and the console look. Pure.
 */
import { formatSecretUri } from '../../api/index.ts';
import type { SecretGrantView, UserSecretView } from '../views.ts';

export interface SharedSecret {
  readonly grant: SecretGrantView;
  readonly secret: UserSecretView;
  /** The user whose home the secret's namespace is, or the namespace's own name. */
  readonly owner: string;
}

/** One entry, as JSON in the ConfigMap. */
export interface SharedEntry {
  readonly uri: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly access: 'read' | 'write' | 'manage';
  readonly owner: string;
  readonly expiresAt?: string;
}

/** A ConfigMap holds 1 MiB; the rest is for its metadata. An entry has some 250 bytes. */
const mostBytes = 1_000_000;
const longestDataKey = 253;
const order = ['read', 'write', 'manage'] as const;

/** The ConfigMap's data; empty when nothing is shared. Of several grants over one secret the highest access counts, then the latest end. */
export function planShared(shared: readonly SharedSecret[]): Readonly<Record<string, string>> {
  const best = new Map<string, SharedEntry>();
  for (const { grant, secret, owner } of shared) {
    if (grant.status.phase !== 'Active') continue;
    const { namespace, name } = secret.metadata;
    const entry: SharedEntry = {
      uri: formatSecretUri({ owner: namespace, key: secret.key }),
      namespace,
      name,
      key: secret.key,
      access: grant.spec.access ?? 'read',
      owner,
      ...(grant.spec.expiresAt === undefined ? {} : { expiresAt: grant.spec.expiresAt }),
    };
    const key = dataKey(secret.metadata);
    const former = best.get(key);
    if (former === undefined || isBetter(entry, former)) best.set(key, entry);
  }
  const data: Record<string, string> = {};
  let bytes = 0;
  for (const [key, entry] of inTurns([...best].sort(([a], [b]) => (a < b ? -1 : 1)))) {
    const text = JSON.stringify(entry);
    bytes += key.length + byteLength(text);
    if (bytes > mostBytes) break;
    data[key] = text;
  }
  return data;
}

/** The first of each namespace, then the second of each: nobody who shares a great many crowds out what others share. */
function inTurns(entries: readonly (readonly [string, SharedEntry])[]): readonly (readonly [string, SharedEntry])[] {
  const counts = new Map<string, number>();
  const turns = entries.map((entry) => {
    const turn = counts.get(entry[1].namespace) ?? 0;
    counts.set(entry[1].namespace, turn + 1);
    return { entry, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn).map(({ entry }) => entry);
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** A namespace has no dot, so `namespace.name` is one secret only; where that is too long, the object's UID stands for it. */
export function dataKey({ namespace, name, uid }: UserSecretView['metadata']): string {
  const key = `${namespace}.${name}`;
  return key.length <= longestDataKey ? key : uid;
}

function isBetter(a: SharedEntry, b: SharedEntry): boolean {
  if (a.access !== b.access) return order.indexOf(a.access) > order.indexOf(b.access);
  if (a.expiresAt === undefined || b.expiresAt === undefined)
    return a.expiresAt === undefined && b.expiresAt !== undefined;
  return new Date(a.expiresAt).getTime() > new Date(b.expiresAt).getTime();
}
