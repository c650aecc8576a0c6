import { describe, expect, it } from 'vitest';
import { NamespaceRate } from '../../src/controllers/namespace-rate.ts';
import { ManualClock } from '../support/manual-clock.ts';

function rate() {
  const clock = new ManualClock();
  let refused = 0;
  return {
    clock,
    refused: () => refused,
    rate: new NamespaceRate({ perMinute: 60, clock, onRefused: () => (refused += 1) }),
  };
}

describe('a bound on what a namespace may cause in a minute', () => {
  it('lets through as much as that at once, then as it drains', async () => {
    const { rate: bound, clock, refused } = rate();
    expect([bound.take('a', 40), bound.take('a', 20), bound.take('a', 10)]).toEqual([0, 0, 10_000]);
    await clock.advance(9_000);
    expect(bound.take('a', 10)).toBe(1_000);
    await clock.advance(1_000);
    expect(bound.take('a', 10)).toBe(0);
    expect(refused()).toBe(2);
  });

  it('lets through what is larger than all of it, and then nothing until that has drained', async () => {
    const { rate: bound, clock } = rate();
    expect([bound.take('a', 180), bound.take('a', 1)]).toEqual([0, 121_000]);
    await clock.advance(120_000);
    expect(bound.take('a', 180)).toBe(60_000);
    await clock.advance(60_000);
    expect(bound.take('a', 180)).toBe(0);
  });

  it.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('drains as ever when the clock is set %s', async (_, jumpMs) => {
    const { rate: bound, clock } = rate();
    expect(bound.take('a', 60)).toBe(0);
    clock.jump(jumpMs);
    expect(bound.take('a', 10)).toBe(10_000);
    await clock.advance(10_000);
    expect(bound.take('a', 10)).toBe(0);
  });

  it('is counted by namespace', () => {
    const { rate: bound } = rate();
    expect([bound.take('a', 600), bound.take('b', 60), bound.take('c', 0)]).toEqual([0, 0, 0]);
  });
});
