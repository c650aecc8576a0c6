/** Where the lines of a chart of use are. */
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../../../src/console/web/jobs/chart.ts';

const points = (...amounts: readonly number[]) => amounts.map((amount, index) => ({ at: index * 60_000, amount }));

describe('a chart', () => {
  test('has the limit at its top, and a measure at its part of it', () => {
    const { line, limit, request } = chartOf({ points: points(0, 0.5, 1), limit: 1, request: 0.25 });
    expect(line).toBe('M0,58 L150,30 L300,2');
    expect([limit, request]).toEqual([2, 44]);
  });

  test('without a limit has the highest measure there', () => {
    expect(chartOf({ points: points(1, 4) })).toMatchObject({ line: 'M0,44 L300,2' });
  });

  test('keeps what is above the limit inside', () => {
    expect(chartOf({ points: points(1, 3), limit: 2 }).line).toBe('M0,30 L300,2');
  });

  test.each([
    ['no measure', []],
    ['one measure', points(1)],
    ['measures of nothing', points(0, 0)],
  ])('of %s has no number that is none', (_case, some) => {
    expect(JSON.stringify(chartOf({ points: some, limit: 0 }))).not.toMatch(/NaN|Infinity|null/);
  });
});
