/** Saves what an import shows, one secret after the other, and says of each what became of it. */
import type { ImportRow } from '../../../client/index.ts';
import { asClusterError, isLasting } from '../cluster/errors.ts';
import type { Cluster } from '../cluster/use-cluster.ts';
import { tellDone, tellNotDone } from '../parts/toast.ts';
import { texts } from '../texts.ts';
import { addSecret, changeSecret } from './secret-writes.ts';

/** What became of a line: saved, or why not. */
export type ImportResult = { readonly isSaved: true; readonly name: string } | { readonly problem: string };

interface ImportSaving {
  readonly namespace: string;
  readonly rows: readonly ImportRow[];
  /** Names of the objects that have a key now. */
  readonly names: ReadonlyMap<string, string>;
  readonly onResult: (line: number, result: ImportResult) => void;
  /** Begins no more. */
  readonly signal: AbortSignal;
}

/** What an import and an adoption need to save one row; the name of the object that was saved. */
type SaveRow<Row> = (row: Row) => Promise<string>;

export async function saveImport(
  cluster: Cluster,
  { namespace, rows, names, onResult, signal }: ImportSaving,
): Promise<void> {
  await saveRows(
    rows,
    onResult,
    async ({ name: key, value }) => {
      const input = { kind: 'file', fileName: '', bytes: value } as const;
      const former = names.get(key);
      if (former === undefined)
        return (await addSecret(cluster, { namespace, key, input, description: '' })).metadata.name;
      await changeSecret(cluster, { namespace, name: former }, { input });
      return former;
    },
    signal,
  );
}

/** For a form that was closed before its end: what was saved by then, and what was not. `all`: rows that it was asked to save. */
export function tellEnd(results: readonly ImportResult[], all: number): void {
  const problems = results.flatMap((result) => ('problem' in result ? [result.problem] : []));
  const saved = results.length - problems.length;
  const [why] = problems;
  if (why !== undefined) tellNotDone(() => texts.secrets.import.partly(saved, all, problems.length), new Error(why));
  else if (saved > 0) tellDone(() => texts.secrets.import.done(saved));
}

/** One after the other. Ends early where no further row can be saved: the session, or the way to the cluster, is gone. Throws nothing. */
export async function saveRows<Row extends { readonly line: number }>(
  rows: readonly Row[],
  onResult: ImportSaving['onResult'],
  save: SaveRow<Row>,
  signal: AbortSignal,
): Promise<void> {
  for (const row of rows) {
    if (signal.aborted) return;
    try {
      onResult(row.line, { isSaved: true, name: await save(row) });
    } catch (error) {
      const failure = asClusterError(error);
      onResult(row.line, { problem: failure.message });
      if (isLasting(failure)) return;
    }
  }
}
