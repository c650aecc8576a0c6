/**
 * What is shared with the people and jobs of one namespace, as its ConfigMap `neuro-shared-with-me` says it: one entry for
 * each secret, or one for all secrets of a namespace; no value. RBAC cannot be asked backwards, so this is where `neuro` and
 * the console look for names. Pure.
 *
 * Bounds: those who share are not those who read, so what one namespace can put into another's list is bounded,
 * and what does not fit is counted in `_more`.
 */
import { calledBy, formatSecretUri, formatSubject, type SecretGrantAccess } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { ObjectKey } from '../../kernel/index.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { SecretGrantView } from '../views.ts';

export interface SharedGrant {
  readonly grant: SecretGrantView;
  /** The secret that the grant names; undefined for a grant over all secrets. */
  readonly secret: UserSecretView | undefined;
  /** The user whose home the sharing namespace is, or the namespace's own name. */
  readonly owner: string;
}

/** One entry of the list, as JSON in the ConfigMap. */
export interface SharedEntry {
  readonly uri: string;
  readonly namespace: string;
  /** Absent for a grant over all secrets, as is `key`. */
  readonly name?: string;
  readonly key?: string;
  readonly all?: true;
  readonly access: SecretGrantAccess;
  /** The namespace may keep a copy. The entry says so also beside a higher access, which does not include copying. */
  readonly copy?: true;
  readonly owner: string;
  readonly expiresAt?: string;
  /** The group by which the reader has the access, where it is not by the user's own name. */
  readonly via?: string;
}

/** The limit of one sharing namespace: enough for a person's secrets, and 1,000 such namespaces do not fill the list. */
export const mostEntriesOfOne = 100;
export const mostBytesOfOne = 32 * 1024;
/** The limit of the whole list: each change writes all of it into etcd. An entry has some 250 bytes. */
export const mostBytes = 256 * 1024;
/** Namespaces that `_more` names. */
const mostOmittedNames = 50;
const longestDataKey = 253;
const moreKey = '_more';
const ladder = ['read', 'copy', 'write', 'manage'] as const;

interface SharedList {
  /** The ConfigMap's data; empty when nothing is shared. */
  readonly data: Readonly<Record<string, string>>;
  /** Grants that are left out because of a bound. */
  readonly omitted: ReadonlySet<ObjectKey>;
}

interface Candidate {
  readonly dataKey: string;
  readonly entry: SharedEntry;
  readonly text: string;
  readonly grantKey: ObjectKey;
  /** Its place among the entries of its namespace. */
  readonly turn: number;
}

/** Makes the list. Where several grants are over one secret, the highest access counts, then the latest end. */
export function sharedList(shared: Iterable<SharedGrant>): SharedList {
  const omitted = new Set<ObjectKey>();
  const candidates: Candidate[] = [];
  for (const entries of bySource(shared).values()) {
    let bytes = 0;
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    sorted.forEach(([dataKey, { entry, grantKey }], turn) => {
      // Where there are thousands, only the first hundred need their text.
      const text = turn < mostEntriesOfOne && bytes <= mostBytesOfOne ? JSON.stringify(entry) : '';
      bytes += dataKey.length + byteLength(text);
      if (text !== '' && bytes <= mostBytesOfOne) candidates.push({ dataKey, entry, text, grantKey, turn });
      else omitted.add(grantKey);
    });
  }
  // The first of each namespace, then the second of each: nobody crowds out what others share.
  candidates.sort((a, b) => a.turn - b.turn || (a.dataKey < b.dataKey ? -1 : 1));
  const data: Record<string, string> = {};
  let bytes = 0;
  for (const { dataKey, text, grantKey } of candidates) {
    bytes += dataKey.length + byteLength(text);
    if (bytes <= mostBytes) data[dataKey] = text;
    else omitted.add(grantKey);
  }
  if (omitted.size > 0) data[moreKey] = moreOf(omitted);
  return { data, omitted };
}

function bySource(shared: Iterable<SharedGrant>) {
  const sources = new Map<string, Map<string, { readonly entry: SharedEntry; readonly grantKey: ObjectKey }>>();
  for (const { grant, secret, owner } of shared) {
    if (grant.status.phase !== 'Active') continue;
    const { namespace, name } = grant.metadata;
    const entry = entryOf(grant, secret, owner);
    const key = secret === undefined ? namespace : dataKey(secret.metadata);
    let entries = sources.get(namespace);
    if (entries === undefined)
      sources.set(namespace, (entries = new Map<string, { entry: SharedEntry; grantKey: ObjectKey }>()));
    const former = entries.get(key);
    const best =
      former === undefined || isBetter(entry, former.entry) ? { entry, grantKey: `${namespace}/${name}` } : former;
    const mayCopy = [entry, former?.entry].some((each) => each?.access === 'copy' || each?.copy === true);
    entries.set(key, mayCopy ? { ...best, entry: withCopy(best.entry) } : best);
  }
  return sources;
}

function entryOf({ metadata, spec }: SecretGrantView, secret: UserSecretView | undefined, owner: string): SharedEntry {
  const { namespace } = metadata;
  const { expiresAt, subject, access = 'read' } = spec;
  const key = secret === undefined ? undefined : calledBy(secret.type, secret.key, secret.metadata.name);
  return {
    uri: formatSecretUri({ owner: namespace, ...defined({ key }) }),
    namespace,
    ...(secret === undefined || key === undefined ? { all: true } : { name: secret.metadata.name, key }),
    // A copy belongs to a namespace: one of its service accounts alone cannot have it.
    access: access === 'copy' && subject.kind === 'ServiceAccount' ? 'read' : access,
    owner,
    ...defined({ expiresAt }),
    ...(subject.kind === 'Group' ? { via: formatSubject(subject) } : {}),
  };
}

function withCopy(entry: SharedEntry): SharedEntry {
  return entry.access === 'copy' ? entry : { ...entry, copy: true };
}

function moreOf(omitted: ReadonlySet<ObjectKey>): string {
  const counts = new Map<string, number>();
  for (const key of omitted) {
    const namespace = key.slice(0, key.indexOf('/'));
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  const names = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, mostOmittedNames);
  return JSON.stringify(names.map(([namespace, count]) => ({ namespace, omitted: count })));
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
  if (a.access !== b.access) return ladder.indexOf(a.access) > ladder.indexOf(b.access);
  if (a.expiresAt === undefined || b.expiresAt === undefined)
    return a.expiresAt === undefined && b.expiresAt !== undefined;
  return new Date(a.expiresAt).getTime() > new Date(b.expiresAt).getTime();
}
