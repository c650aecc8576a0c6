/** The text of an import: objects of Kubernetes, or a file of variables (src/client/env-file.ts). */
import { readEnvFile } from '../../client/index.ts';
import { CliError } from '../errors.ts';
import type { ImportItem, ImportRead } from './import-item.ts';
import { looksLikeObjects, parseObjects, readObjects } from './import-objects.ts';

export const importFormats = ['env', 'objects'] as const;
type ImportFormat = (typeof importFormats)[number];

export interface ImportText {
  /** How lines of it are called: a path, or `line`. */
  readonly name: string;
  /** Undefined: what it looks like. */
  readonly format: ImportFormat | undefined;
}

export async function readImport(bytes: Uint8Array, { name, format }: ImportText): Promise<ImportRead> {
  const text = Buffer.from(bytes).toString('utf8');
  const isNamedSo = /\.(?:ya?ml|json)$/i.test(name) && !/^\s*(?:export\s+)?[\w.-]+\s*=/m.test(text);
  const isOfObjects = isNamedSo || looksLikeObjects(text);
  if (format === 'objects' || (format === undefined && isOfObjects)) return readObjects(await parseObjects(text));
  const { entries, problems, refusal } = readEnvFile(bytes);
  if (refusal !== undefined) throw new CliError('illegalArgument', `${name}: ${refusal}. Nothing was imported.`);
  const at = (line: number, key?: string): string => `${name}:${line}${key === undefined ? '' : ` ${key}`}`;
  const items: ImportItem[] = [];
  const more = problems.map(({ line, name: key, why }) => ({ line, where: at(line, key), why }));
  for (const entry of entries) {
    // A line without a = may be a piece of a value, so it is not repeated.
    if (entry.value === undefined)
      more.push({ line: entry.line, where: at(entry.line), why: 'it is not an assignment; write KEY=VALUE' });
    else if (entry.value === '')
      more.push({
        line: entry.line,
        where: at(entry.line, entry.name),
        why: 'the value is empty; a secret holds at least one byte',
      });
    else
      items.push({
        key: entry.name,
        where: at(entry.line, entry.name),
        source: { bytes: Buffer.from(entry.value, 'utf8') },
      });
  }
  const named = (isSo: (entry: (typeof entries)[number]) => boolean): string =>
    entries
      .filter(isSo)
      .map((entry) => entry.name)
      .join(', ');
  const referring = named(({ hasReference }) => hasReference);
  const uris = named(({ value }) => value?.startsWith('secret:') === true);
  return {
    items,
    problems: more.sort((a, b) => a.line - b.line).map(({ where, why }) => ({ where, why })),
    notes: [
      ...(referring === '' ? [] : [`A $NAME is not replaced; it was taken as it stands in ${referring}.`]),
      ...(uris === ''
        ? []
        : [`A text that names a secret is not a reference here: the text itself is the value of ${uris}.`]),
    ],
  };
}
