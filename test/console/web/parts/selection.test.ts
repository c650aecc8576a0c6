/** Which rows are selected, and what becomes of each of many. */
import { describe, expect, test } from 'vitest';
import { ClusterError } from '../../../../src/console/web/cluster/errors.ts';
import { runBulk } from '../../../../src/console/web/parts/bulk-run.ts';
import { Selection } from '../../../../src/console/web/parts/selection.ts';

describe('a selection', () => {
  const shown = ['a', 'b', 'c', 'd', 'e'];
  const selection = (): Selection => {
    const made = new Selection();
    made.show(shown);
    return made;
  };
  const chosen = (made: Selection): string => [...made.chosen()].sort().join('');

  test('takes a range in both directions, from the row that was last changed', () => {
    const made = selection();
    made.set('b', true);
    made.set('d', true, true);
    expect(chosen(made)).toBe('bcd');
    made.set('a', true, true);
    expect(chosen(made)).toBe('abcd');
    made.set('c', false);
    made.set('d', false, true);
    expect(chosen(made)).toBe('ab');
  });

  test('a range without a beginning is one row', () => {
    const made = selection();
    made.set('c', true, true);
    expect(chosen(made)).toBe('c');
    made.show(['d', 'e']);
    made.set('e', true, true);
    expect(chosen(made)).toBe('ce');
  });

  test('all are those that are shown; hidden ones keep their state', () => {
    const made = selection();
    made.set('a', true);
    made.show(['c', 'd']);
    made.setAll(true);
    expect(chosen(made)).toBe('acd');
    made.setAll(false);
    expect(chosen(made)).toBe('a');
  });

  test('many are one change', () => {
    const made = selection();
    const seen: string[] = [];
    made.subscribe(() => seen.push(chosen(made)));
    made.setMany(['a', 'c', 'd'], true);
    made.setMany(['c'], false);
    expect(seen).toEqual(['acd', 'ad']);
  });

  test('reports a change with another object, until nobody listens', () => {
    const made = selection();
    const seen: ReadonlySet<string>[] = [];
    const leave = made.subscribe(() => seen.push(made.chosen()));
    expect(made.chosen()).toBe(made.chosen());
    made.set('a', true);
    made.clear();
    leave();
    made.set('b', true);
    expect(seen.map((set) => [...set].join(''))).toEqual(['a', '']);
  });
});

describe('many at once', () => {
  const rows = Array.from({ length: 20 }, (_none, index) => index);
  const run = (act: (row: number) => Promise<unknown>, stop = new AbortController()) =>
    runBulk({ rows, act, signal: stop.signal, onProgress: () => undefined });

  test('each has a result, and a failure ends nothing', async () => {
    const { done, failed, left } = await run((row) =>
      row % 7 === 3 ? Promise.reject(new ClusterError('forbidden', `not ${String(row)}`)) : Promise.resolve(),
    );
    expect(failed).toEqual([3, 10, 17].map((row) => ({ row, message: `not ${String(row)}` })));
    expect(done).toHaveLength(17);
    expect(left).toEqual([]);
  });

  test('few are under way at once', async () => {
    let [now, most] = [0, 0];
    await run(async () => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
    });
    expect(most).toBe(4);
  });

  test.each<[string, (stop: AbortController) => Promise<unknown>]>([
    [
      'it is stopped',
      (stop) => {
        stop.abort();
        return Promise.resolve();
      },
    ],
    ['the session has ended', () => Promise.reject(new ClusterError('sessionEnded', 'log in again'))],
  ])('when %s, the rest is left', async (_when, act) => {
    const stop = new AbortController();
    const { done, failed, left } = await run((row) => (row < 5 ? Promise.resolve() : act(stop)), stop);
    expect(done.length + failed.length + left.length).toBe(20);
    expect(left).toContain(19);
    expect(left.length).toBeGreaterThan(8);
  });
});
