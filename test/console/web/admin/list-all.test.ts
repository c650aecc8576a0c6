/** What the administration reads of a large cluster: in pages whose size fits, and shown as they come. */
import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, test } from 'vitest';
import { listAll, mostObjects, type Listed } from '../../../../src/console/web/admin/list-all.ts';
import { partsInto } from '../../../../src/console/web/admin/use-reading.ts';
import type { Connection, Query } from '../../../../src/console/web/cluster/connection.ts';
import { namespaces, type ClusterObject } from '../../../../src/console/web/cluster/object.ts';

const { signal } = new AbortController();
const namesOf = (objects: readonly ClusterObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name);

/** A cluster with `total` objects, where a page of `limit` objects takes `tookMs(limit)`. */
function cluster(total: number, tookMs: (limit: number) => number) {
  const asked: number[] = [];
  let now = 0;
  const page = (_resource: unknown, _place: unknown, query: Query): Promise<unknown> => {
    const limit = Number(query['limit']);
    const from = Number(query['continue'] ?? 0);
    const to = Math.min(total, from + limit);
    asked.push(limit);
    now += tookMs(limit);
    const items = Array.from({ length: to - from }, (_, index) => ({ metadata: { name: String(from + index) } }));
    return Promise.resolve({ items, resourceVersion: '1', ...(to < total ? { continueToken: String(to) } : {}) });
  };
  return { asked, connection: { page: page as Connection['page'] }, nowMs: () => now };
}

test('pages grow while they come quickly, and no object is read twice or left out', async () => {
  const { asked, connection, nowMs } = cluster(2_345, () => 50);
  const { rows, ...listed } = await listAll(connection, namespaces, namesOf, { signal, nowMs });
  expect(asked).toEqual([100, 200, 400, 500, 500, 500, 500]);
  expect(rows).toEqual(Array.from({ length: 2_345 }, (_, index) => String(index)));
  expect(listed).toEqual({ count: 2_345, isPart: false, isCut: false });
});

test('pages of a slow link, or of large objects, become small', async () => {
  const { asked, connection, nowMs } = cluster(400, (limit) => limit * 40);
  await listAll(connection, namespaces, namesOf, { signal, nowMs });
  expect(asked.slice(0, 3)).toEqual([100, 25, 25]);
});

test('no more than a bounded number is read, which is reported', async () => {
  const { asked, connection, nowMs } = cluster(mostObjects + 1, () => 1);
  const { rows, isCut } = await listAll(connection, namespaces, namesOf, { signal, nowMs });
  expect([rows.length, isCut]).toEqual([mostObjects, true]);
  expect(asked.reduce((sum, limit) => sum + limit)).toBe(mostObjects);
});

test('what was read so far is reported after each page but the last', async () => {
  const { connection, nowMs } = cluster(350, () => 1);
  const parts: Listed<string>[] = [];
  const whole = await listAll(connection, namespaces, namesOf, { signal, nowMs, report: (part) => parts.push(part) });
  expect(parts.map(({ count, rows, isPart }) => [count, rows.length, isPart])).toEqual([
    [100, 100, true],
    [300, 300, true],
  ]);
  expect(whole).toMatchObject({ count: 350, isPart: false });
});

const queries = new QueryClient();
afterEach(() => queries.clear());
const queryKey = ['admin', 'cluster', 'grants'];

test('a first reading is shown as it comes; the next one takes the place of it when it is whole', async () => {
  const read = (parts: readonly string[]): Promise<readonly unknown[]> => {
    const seen: unknown[] = [];
    return queries
      .query({
        queryKey,
        staleTime: 0,
        queryFn: ({ signal: ofQuery }) => {
          const report = partsInto(queries, queryKey, ofQuery);
          for (const part of parts) {
            report(part);
            seen.push(queries.getQueryData(queryKey));
          }
          return Promise.resolve('whole');
        },
      })
      .then((whole) => [...seen, whole]);
  };
  expect(await read(['one', 'two'])).toEqual(['one', 'two', 'whole']);
  expect(await read(['three'])).toEqual(['whole', 'whole']);
});

test('a reading that was given up shows nothing more', () => {
  const gone = AbortSignal.abort();
  partsInto(queries, queryKey, gone)('one');
  expect(queries.getQueryData(queryKey)).toBeUndefined();
});
