/**
 * Does one thing to many objects, a few at a time, and says of each what became of it. Throws nothing. Ends early where no
 * further one can succeed: the session, or the way to the cluster, is gone. What was begun is awaited.
 */
import { asClusterError, isLasting, type ClusterError } from '../cluster/errors.ts';

/** At once: the console's server has a limit for each user, and other pages go on. */
const mostAtOnce = 4;

interface BulkFailure<Row> extends Pick<ClusterError, 'message' | 'lang'> {
  readonly row: Row;
}

interface BulkOutcome<Row> {
  readonly done: readonly Row[];
  readonly failed: readonly BulkFailure<Row>[];
  /** Not tried, since it was stopped or could not go on. */
  readonly left: readonly Row[];
}

interface BulkRun<Row> {
  readonly rows: readonly Row[];
  readonly act: (row: Row) => Promise<unknown>;
  /** Begins no more. */
  readonly signal: AbortSignal;
  readonly onProgress: (count: number) => void;
}

export async function runBulk<Row>({ rows, act, signal, onProgress }: BulkRun<Row>): Promise<BulkOutcome<Row>> {
  const queue = [...rows];
  const done: Row[] = [];
  const failed: BulkFailure<Row>[] = [];
  let isOver = false;
  const work = async (): Promise<void> => {
    while (!isOver && !signal.aborted) {
      const row = queue.shift();
      if (row === undefined) return;
      try {
        await act(row);
        done.push(row);
      } catch (error) {
        const failure = asClusterError(error);
        failed.push({ row, message: failure.message, lang: failure.lang });
        isOver ||= isLasting(failure);
      }
      onProgress(done.length + failed.length);
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, work));
  return { done, failed, left: queue };
}
