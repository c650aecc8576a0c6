/** What is being done to many rows, and whose it is. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BulkRuns } from '../../../../src/console/web/parts/bulk-runs.ts';

interface Row {
  readonly id: string;
  readonly finish: () => void;
  readonly isFinished: Promise<undefined>;
}

const place = 'cluster/alice/jobs';
let listening: string[];
let ended: (readonly string[])[];
let runs: BulkRuns;

function row(id: string): Row {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { id, finish: () => resolve(undefined), isFinished: promise };
}
const start = (rows: readonly Row[]): Promise<void> =>
  runs.start({
    ...{ place, href: '/n/alice/jobs', label: 'Delete', rows },
    named: ({ id }: Row) => ({ id, name: id }),
    act: ({ id, isFinished }: Row) => isFinished.then(() => (id === 'bad' ? Promise.reject(new Error('no')) : id)),
    done: String,
    onEnd: (ids) => ended.push(ids),
  });

beforeEach(() => {
  listening = [];
  ended = [];
  runs = new BulkRuns();
  vi.stubGlobal('window', {
    addEventListener: (name: string) => void (listening = [name]),
    removeEventListener: () => void (listening = []),
  });
});
afterEach(() => void vi.unstubAllGlobals());

describe('a run', () => {
  test('leaves what failed until somebody has closed it', async () => {
    runs.keepFor('alice');
    const bad = row('bad');
    const running = start([bad]);
    expect(listening).toEqual(['beforeunload']);
    bad.finish();
    await running;
    expect(runs.all()).toMatchObject([{ place, count: 0, result: { all: 1, failed: [{ id: 'bad', message: 'no' }] } }]);
    runs.keepFor('alice');
    expect(runs.all()).toHaveLength(1);
    runs.dismiss(place);
    expect(runs.all()).toEqual([]);
  });

  test('is stopped for the next user, who sees neither its progress nor its end', async () => {
    runs.keepFor('alice');
    const rows = ['a', 'bad', 'c', 'd', 'never'].map(row);
    const running = start(rows);
    expect(runs.all()).toMatchObject([{ place, all: 5 }]);
    runs.keepFor('bob');
    expect([runs.all(), listening]).toEqual([[], []]);
    // The first four were under way; the fifth does not begin, else this would never end.
    for (const one of rows.slice(0, 4)) one.finish();
    await running;
    expect([runs.all(), listening, ended]).toEqual([[], [], []]);
  });
});
