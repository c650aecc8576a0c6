/** The browser's clock is set right by answers of the cluster, and only where it is wrong for sure. */
import { expect, test } from 'vitest';
import { offsetOf } from '../../../../src/console/web/cluster/cluster-clock.ts';

const said = 'Mon, 05 Jan 2026 12:00:00 GMT';
const saidMs = Date.parse(said);
const hourMs = 3_600_000;
const at = (sent: number, took = 0) => ({ sentMs: saidMs + sent, gotMs: saidMs + sent + took });

test.each<[string, { readonly sentMs: number; readonly gotMs: number }, number]>([
  ['a right one', at(0, 20), 0],
  ['one that is some seconds off', at(-5_000, 20), 0],
  ['a right one over a network that takes half a minute', at(-30_000, 30_000), 0],
  ['a right one, whose request waited', at(-20_000, 20_100), 0],
])('%s is left alone', (_case, times, expected) => {
  expect(offsetOf(said, times)).toBe(expected);
});

test.each([
  ['an hour ahead', at(hourMs, 100), -hourMs],
  ['an hour behind', at(-hourMs, 100), hourMs],
  ['a day behind, over a slow network', at(-24 * hourMs, 8_000), 24 * hourMs],
])('one that is %s is set right', (_case, times, expected) => {
  expect(Math.abs((offsetOf(said, times) ?? 0) - expected)).toBeLessThan(5_000);
});

test('an answer without a time says nothing', () => {
  expect([offsetOf(null, at(hourMs)), offsetOf('soon', at(hourMs))]).toEqual([undefined, undefined]);
});

test('what a fast answer said is kept while slower ones allow it, and no longer', () => {
  const fast = offsetOf(said, at(-20_000, 100)) ?? 0;
  expect(Math.abs(fast - 20_000)).toBeLessThan(1_000);
  expect(offsetOf(said, at(-25_000, 20_000), fast)).toBe(fast);
  // Somebody has set the clock right.
  expect(offsetOf(said, at(-100, 100), hourMs)).toBe(0);
});
