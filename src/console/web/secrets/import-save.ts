/** Saves what an import shows, one secret after the other, and says of each what became of it. */
import type { ImportRow } from '../../../client/index.ts';
import { asClusterError, isLasting } from '../cluster/errors.ts';
import type { Cluster } from '../cluster/use-cluster.ts';
import { addSecret, changeSecret } from './secret-writes.ts';

/** What became of a line: saved, or why not. */
export type ImportResult = { readonly isSaved: true; readonly name: string } | { readonly problem: string };

interface ImportSaving {
  readonly namespace: string;
  readonly rows: readonly ImportRow[];
  /** Names of the objects that have a key now. */
  readonly names: ReadonlyMap<string, string>;
  readonly onResult: (line: number, result: ImportResult) => void;
}

/** Ends early where no further row can be saved: the session, or the way to the cluster, is gone. Throws nothing. */
export async function saveImport(cluster: Cluster, { namespace, rows, names, onResult }: ImportSaving): Promise<void> {
  for (const { line, name: key, value } of rows) {
    const input = { kind: 'file', fileName: '', bytes: value } as const;
    const former = names.get(key);
    try {
      if (former === undefined) {
        const { metadata } = await addSecret(cluster, { namespace, key, input, description: '' });
        onResult(line, { isSaved: true, name: metadata.name });
      } else {
        await changeSecret(cluster, { namespace, name: former, key }, { input });
        onResult(line, { isSaved: true, name: former });
      }
    } catch (error) {
      const failure = asClusterError(error);
      onResult(line, { problem: failure.message });
      if (isLasting(failure)) return;
    }
  }
}
