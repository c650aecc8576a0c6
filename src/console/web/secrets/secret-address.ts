/**
 * How the address of the page names one secret, of which something is open. Pure.
 *
 * Promise: an address that was made here leads to that very object or to none: of two that want one key, and of one that is shared under a key which is also
 * one's own, each has an address of its own. Which list it is, `show` says; of which namespace it is, the path, or for another's secret the address itself.
 */

/** Of this namespace: by its key, and by the name of the object where that is another. */
export interface OwnAddress {
  readonly secret: string;
  readonly name?: string;
}
interface Own {
  readonly key: string;
  readonly name: string;
}

export function addressOf({ key, name }: Own): OwnAddress {
  return name === key ? { secret: key } : { secret: key, name };
}

/** `several`: the address names no object, and more than one has the key. */
export function ownAt<Row extends Own>(
  rows: readonly Row[],
  { secret, name }: OwnAddress,
): Row | 'several' | undefined {
  const found = rows.filter(({ key }) => key === secret);
  if (name !== undefined) return found.find((row) => row.name === name);
  return found.length > 1 ? (found.find((row) => row.name === secret) ?? 'several') : found[0];
}

/** Of somebody else: namespace and name of the object. */
export function sharedAddressOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
