/**
 * What others share with a namespace, as the ConfigMap `neuro-shared-with-me` lists it. Pure.
 *
 * The list helps to find names; it may be older than the grants. Ask the API server before you rely on an entry.
 */

import type { SecretGrantAccess } from '../api/index.ts';
import { accessLevels } from './access-levels.ts';

interface SharedByOwner {
  /** `secret:/alice/key`, or `secret:/alice` for all secrets of alice. */
  readonly uri: string;
  /** Namespace of the owner. */
  readonly namespace: string;
  readonly access: SecretGrantAccess;
  /** A copy may be kept as well, where `access` is another. */
  readonly copy?: true;
  /** The user whose home the namespace is, or the namespace's name. */
  readonly owner: string;
  readonly expiresAt?: string;
}

export interface SharedSecret extends SharedByOwner {
  readonly all?: false;
  /** `metadata.name` of the UserSecret. */
  readonly name: string;
  readonly key: string;
}

/** Every secret of the namespace, present and future. */
export interface SharedNamespace extends SharedByOwner {
  readonly all: true;
}

export type SharedEntry = SharedSecret | SharedNamespace;

/** Entries of a namespace that the list has no room for. */
export interface Omitted {
  readonly namespace: string;
  readonly omitted: number;
}

export interface SharedEntries {
  /** Sorted by URI. */
  readonly entries: readonly SharedEntry[];
  readonly omitted: readonly Omitted[];
}

/** Data keys that begin so say something about the list. */
const NOTE_PREFIX = '_';
const MORE = '_more';
/** Counts as a time that has passed. */
const unreadable = 'unreadable';
const levels: readonly unknown[] = accessLevels;

/** Leaves out what has expired and what cannot be read. */
export function sharedEntries(data: Readonly<Record<string, string>>, nowMs: number): SharedEntries {
  const entries = Object.entries(data)
    .flatMap(([key, text]) => (key.startsWith(NOTE_PREFIX) ? [] : (entryOf(parsed(text)) ?? [])))
    // A time that cannot be read counts as passed.
    .filter(({ expiresAt }) => expiresAt === undefined || new Date(expiresAt).getTime() > nowMs)
    .sort((a, b) => (a.uri < b.uri ? -1 : 1));
  return { entries, omitted: omittedOf(parsed(data[MORE] ?? '')) };
}

export function isOneSecret(entry: SharedEntry): entry is SharedSecret {
  return entry.all !== true;
}

/** The key of a secret that others share; undefined where the list does not name it. */
export function keyOfShared(
  { entries }: SharedEntries,
  secret: { readonly namespace: string; readonly name: string },
): string | undefined {
  return entries
    .filter(isOneSecret)
    .find(({ namespace, name }) => namespace === secret.namespace && name === secret.name)?.key;
}

/** `metadata.name` of a secret that others share; undefined where the list does not name it. */
export function nameOfShared(
  { entries }: SharedEntries,
  secret: { readonly namespace: string; readonly key: string },
): string | undefined {
  return entries.filter(isOneSecret).find(({ namespace, key }) => namespace === secret.namespace && key === secret.key)
    ?.name;
}

/** Tells people that the list leaves entries out. */
export function omittedSentence({ namespace, omitted }: Omitted): string {
  const what = omitted === 1 ? 'One more secret' : `${String(omitted)} more secrets`;
  return `${what} of '${namespace}' ${omitted === 1 ? 'is' : 'are'} shared with you; the list has no room for ${omitted === 1 ? 'it' : 'them'}.`;
}

function entryOf(entry: Readonly<Record<string, unknown>> | undefined): SharedEntry | undefined {
  if (entry === undefined || !isText(entry['uri']) || !isText(entry['namespace'])) return undefined;
  if (entry['all'] !== true && !(isText(entry['name']) && isText(entry['key']))) return undefined;
  const { uri, namespace, owner, access, expiresAt, name, key } = entry;
  const common = {
    uri,
    namespace,
    access: levels.includes(access) ? (access as SharedEntry['access']) : 'read',
    owner: isText(owner) ? owner : namespace,
    ...(entry['copy'] === true ? { copy: true as const } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: isText(expiresAt) ? expiresAt : unreadable }),
  };
  return entry['all'] === true ? { ...common, all: true } : { ...common, name: String(name), key: String(key) };
}

function omittedOf(list: unknown): readonly Omitted[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly (Partial<Omitted> | null)[]).flatMap((one) =>
    isText(one?.namespace) && typeof one.omitted === 'number'
      ? [{ namespace: one.namespace, omitted: one.omitted }]
      : [],
  );
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
