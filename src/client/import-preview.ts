/** What an import of a `.env` file would save, line by line, before anything is saved. Pure. Hold it only as long as it is shown: it has the values. */
import { keyProblem } from '../api/index.ts';
import { defined } from '../defined.ts';
import { readEnvFile } from './env-file.ts';
import { importWords, type ImportWords } from './import-words.ts';

export interface ImportRow {
  readonly line: number;
  /** The name in the file; empty where the line has none. */
  readonly name: string;
  readonly value: Uint8Array;
  /** Why it cannot be saved, without a full stop. */
  readonly problem?: string;
  /** A secret of this key exists: saving replaces its value. */
  readonly exists: boolean;
  /** A `$NAME` in it is kept as it is; other tools would replace it. */
  readonly hasReference: boolean;
}

export interface ImportPreview {
  /** The rows, in the order of the file. */
  readonly rows: readonly ImportRow[];
  /** Why nothing of the file can be read, without a full stop. */
  readonly refusal?: string;
}

const nothing = new Uint8Array();

/** `taken`: the keys of the namespace. */
export function previewImport(
  bytes: Uint8Array,
  taken: ReadonlySet<string>,
  words: ImportWords = importWords,
): ImportPreview {
  const nameProblem = (name: string): string | undefined =>
    keyProblem(name) === undefined ? undefined : words.badKey(name);
  const { entries, problems, refusal } = readEnvFile(bytes, { nameProblem, words });
  if (refusal !== undefined) return { rows: [], refusal };
  const encoder = new TextEncoder();
  const rows = [
    ...entries.map(({ name, value, line, hasReference }): ImportRow => {
      const problem = value === undefined ? words.noValue : value === '' ? words.empty : undefined;
      return {
        line,
        name,
        value: encoder.encode(value ?? ''),
        ...defined({ problem }),
        exists: taken.has(name),
        hasReference,
      };
    }),
    ...problems.map(({ line, name = '', why }): ImportRow => ({
      line,
      name,
      value: nothing,
      problem: why,
      exists: taken.has(name),
      hasReference: false,
    })),
  ];
  return { rows: rows.sort((a, b) => a.line - b.line) };
}

/** The rows that are saved at once; `replace`: also those whose key exists. */
export function savedRows({ rows }: ImportPreview, { replace }: { readonly replace: boolean }): readonly ImportRow[] {
  return rows.filter(({ problem, exists }) => problem === undefined && (replace || !exists));
}
