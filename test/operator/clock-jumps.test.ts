import { expect, test } from 'vitest';
import { watchClock } from '../../src/operator/clock-jumps.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('a clock that is set, forward or back, is noticed within a second, and its passing is not', async () => {
  const clock = new ManualClock();
  const stopping = new AbortController();
  const jumps: number[] = [];
  const { signal } = stopping;
  const watching = watchClock({ clock, signal, onJump: (ms) => jumps.push(ms) });
  await clock.advance(60_000);
  clock.jump(100);
  await clock.advance(60_000);
  expect(jumps).toEqual([]);
  clock.jump(3_600_000);
  await clock.advance(1_000);
  clock.jump(-7_200_000);
  await clock.advance(1_000);
  expect(jumps).toEqual([3_600_000, -7_200_000]);
  stopping.abort();
  await watching;
  expect(clock.timerCount).toBe(0);
});

test('a process that stood still is no clock that was set', async () => {
  const clock = new ManualClock();
  const stopping = new AbortController();
  const jumps: number[] = [];
  const { signal } = stopping;
  const watching = watchClock({ clock, signal, onJump: (ms) => jumps.push(ms) });
  clock.stall(30_000);
  await clock.advance(1_000);
  clock.jump(1_000);
  await clock.advance(1_000);
  expect(jumps).toEqual([1_000]);
  stopping.abort();
  await watching;
});
