/**
 * What an import takes over: one value each, and which of them cannot be taken together. Pure. A problem never repeats a value.
 *
 * Opaque secrets are known by their key, others by the name of their object, since a type fixes the key.
 */
import { objectNameForKey, keyProblem, type UserSecretSealedScope, type UserSecretSpec } from '../../api/index.ts';

export interface ImportItem {
  readonly key: string;
  readonly where: string;
  readonly source: PlainSource | SealedSource | ReferredSource;
  /** The type of the new native Secret; undefined = Opaque. */
  readonly type?: NonNullable<UserSecretSpec['type']>;
  /** The name of the native Secret that it comes from. */
  readonly from?: string;
  /** Type of that Secret, whatever becomes of the value. */
  readonly fromType?: string;
  /** The name of the UserSecret, where the key does not give it. */
  readonly name?: string;
}
interface PlainSource {
  readonly bytes: Uint8Array;
}
interface SealedSource {
  readonly sealed: string;
  readonly scope: UserSecretSealedScope;
  /** Namespace that it is bound to; undefined for `cluster-wide`. */
  readonly namespace?: string;
  /** `metadata.name` that it is bound to, with the scope `strict`. */
  readonly name?: string;
}
/** It stays where it is, and is followed. */
interface ReferredSource {
  readonly secretKeyRef: NonNullable<UserSecretSpec['secretKeyRef']>;
}
export interface ImportProblem {
  readonly where: string;
  readonly why: string;
}
export interface ImportRead {
  readonly items: readonly ImportItem[];
  readonly problems: readonly ImportProblem[];
  readonly notes: readonly string[];
}

/** Stands in a prefix for the name of the native Secret. */
const NAME_MARK = '{name}';

/** `metadata.name` of the UserSecret that the item becomes, where there is none with its key. */
export function nameOf({ key, name, source }: ImportItem): string {
  const bound = 'sealed' in source ? source.name : undefined;
  return bound ?? name ?? (keyProblem(key) === undefined ? objectNameForKey(key) : key);
}

/** How people call it. */
export function calledOf({ key, name, type }: ImportItem): string {
  return type === undefined || name === undefined ? key : name;
}

/** `prefix` before the key, or before the name where a type fixes the key. */
export function prefixed(item: ImportItem, prefix: string): ImportItem {
  if (prefix === '') return item;
  const { type, name, key, from = '' } = item;
  return type === undefined || name === undefined
    ? { ...item, key: `${prefix.replaceAll(NAME_MARK, from)}${key}` }
    : { ...item, name: `${prefix.replaceAll(NAME_MARK, '')}${name}` };
}

/** Without those that would overwrite each other: of them none is taken. */
export function withoutClashes(items: readonly ImportItem[]): Pick<ImportRead, 'items' | 'problems'> {
  const byIdentity = new Map<string, ImportItem[]>();
  for (const item of items)
    for (const identity of identitiesOf(item)) byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), item]);
  const rivals = (item: ImportItem): readonly ImportItem[] => [
    ...new Set(identitiesOf(item).flatMap((identity) => byIdentity.get(identity) ?? [])),
  ];
  const problems = items.flatMap((item) => {
    const others = rivals(item).filter((other) => other !== item);
    return others.length === 0 ? [] : [{ where: item.where, why: clashOf(item, others) }];
  });
  return { items: items.filter((item) => rivals(item).length === 1), problems };
}

function identitiesOf(item: ImportItem): readonly string[] {
  const name = `name ${nameOf(item)}`;
  return item.type === undefined ? [`key ${item.key}`, name] : [name];
}

function clashOf({ key }: ImportItem, others: readonly ImportItem[]): string {
  const [first, ...more] = others;
  const where = first?.where ?? '';
  const all = more.length === 0 ? `${where} has` : `${where} and ${more.length} more have`;
  return first?.key === key
    ? `${all} the same key, and one would overwrite the other; --prefix '${NAME_MARK}.' puts the name of the Secret before each key`
    : `${all} the same name of an object; give it another with --prefix`;
}
