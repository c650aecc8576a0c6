/** Reads all objects of a kind, of all namespaces, page by page. Only the rows stay in memory, never the objects. */
import type { Connection } from '../cluster/connection.ts';
import type { ClusterObject, Resource } from '../cluster/object.ts';

export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** Objects that were read. */
  readonly count: number;
  /** More are being read. */
  readonly isPart: boolean;
  /** There are more objects, which are not read. */
  readonly isCut: boolean;
}

/** Objects of the first request. An object can have more than 1 MiB, and anybody can make them large. */
const firstPageSize = 100;
const fewestOfPage = 25;
/** As the lists of other pages have. */
const mostOfPage = 500;
/** What a request should take: a slow link, or large objects, get small pages. */
const pageAimMs = 1_000;
/** Objects of one kind that are read; a larger cluster is for kubectl. */
export const mostObjects = 5_000;

interface ListOptions<Row> {
  readonly signal: AbortSignal;
  /** Is called with what was read so far, after each page but the last. */
  readonly report?: (part: Listed<Row>) => void;
  readonly nowMs?: () => number;
}

export async function listAll<T extends ClusterObject, Row>(
  connection: Pick<Connection, 'page'>,
  resource: Resource<T>,
  rowsOf: (objects: readonly T[]) => readonly Row[],
  { signal, report, nowMs = () => performance.now() }: ListOptions<Row>,
): Promise<Listed<Row>> {
  let rows: readonly Row[] = [];
  let count = 0;
  let size = firstPageSize;
  let token: string | undefined;
  for (;;) {
    const startMs = nowMs();
    const limit = Math.min(size, mostObjects - count);
    const page = await connection.page(resource, {}, { limit, continue: token }, signal);
    size = nextPageSize(size, nowMs() - startMs);
    count += page.items.length;
    rows = [...rows, ...rowsOf(page.items.map(resource.keep))];
    token = page.continueToken;
    if (token === undefined || count >= mostObjects) return { rows, count, isPart: false, isCut: token !== undefined };
    report?.({ rows, count, isPart: true, isCut: false });
  }
}

/** At most twice as many at a time: the first objects say little about the next. */
function nextPageSize(size: number, tookMs: number): number {
  const fitting = Math.floor(Math.min(size * 2, (size * pageAimMs) / Math.max(1, tookMs)));
  return Math.min(mostOfPage, Math.max(fewestOfPage, fitting));
}
