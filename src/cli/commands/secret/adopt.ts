/**
 * `neuro secret adopt`: each key of a native Secret as a secret that follows it. It is an import of references instead of values: the same
 * checks, lines, dry run and exit codes.
 */
import { isTlsPart, TLS_KEY, TLS_TYPE } from '../../../api/index.ts';
import type { ImportItem, ImportProblem, ImportRead } from '../../args/import-item.ts';
import type { Invocation } from '../../factory.ts';
import { homeOf } from '../../homes/home.ts';
import { fromTheCluster, takeOver, type ImportOptions } from './import.ts';

export type AdoptOptions = Pick<ImportOptions, 'prefix' | 'dryRun'>;

export async function adoptSecret(
  run: Invocation<AdoptOptions>,
  secretName: string,
  keys: readonly string[],
): Promise<number> {
  const connection = await run.connect();
  const home = await homeOf(connection, run.options);
  const read = await fromTheCluster(connection, { fromSecret: secretName }, home);
  return takeOver(run, connection, home, referring(read, secretName, keys), 'adopted');
}

function referring({ items, problems }: ImportRead, name: string, keys: readonly string[]): ImportRead {
  const isWanted = (key: string): boolean => keys.length === 0 || keys.includes(key);
  const placeOf = (key: string): string => `Secret/${name} ${key}`;
  const known = new Set([...items.map(({ key }) => placeOf(key)), ...problems.map(({ where }) => where)]);
  const missing = [...new Set(keys)]
    .map(placeOf)
    .filter((where) => !known.has(where))
    .map((where): ImportProblem => ({ where, why: 'the Secret has no such key' }));
  // Both keys of a certificate are one secret, so that they are always of the same renewal.
  const isPair = keys.length === 0 && ['tls.crt', 'tls.key'].every((part) => isPartIn(items, part));
  return {
    // Opaque, whatever the type of the Secret: a type fixes the key, and a secret of its own name could not be kept beside it.
    items: [
      ...(isPair ? [pairOf(name)] : []),
      ...items
        .filter(({ key }) => isWanted(key) && !(isPair && isTlsPart(key)))
        .map(({ key, where }) => ({ key, where, from: name, source: { secretKeyRef: { name, key } } })),
    ],
    problems: [
      ...problems.filter(({ where }) => keys.length === 0 || keys.map(placeOf).includes(where) || !where.includes(' ')),
      ...missing,
    ],
    notes: [],
  };
}

function isPartIn(items: readonly ImportItem[], part: string): boolean {
  return items.some(({ key, fromType }) => key === part && fromType === TLS_TYPE);
}

function pairOf(name: string): ImportItem {
  return {
    key: TLS_KEY,
    where: `Secret/${name}`,
    from: name,
    type: TLS_TYPE,
    name,
    source: { secretKeyRef: { name } },
  };
}
