import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { mostRepairs, RepairLimiter } from '../../src/controllers/repair-limiter.ts';
import { ManualClock } from '../support/manual-clock.ts';

it('lets the same be written a few times at once, then with pauses that double up to a minute', async () => {
  const clock = new ManualClock();
  const limiter = new RepairLimiter(clock);
  const pausesMs: number[] = [];
  for (let write = 0; write < mostRepairs + 9; write += 1) {
    const waitMs = limiter.waitMs('alice/db', 'one');
    pausesMs.push(waitMs);
    await clock.advance(waitMs);
    limiter.wrote('alice/db', 'one');
  }
  expect(pausesMs.slice(0, mostRepairs)).toEqual(Array.from({ length: mostRepairs }, () => 0));
  expect(pausesMs.slice(mostRepairs)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
  expect(limiter.waitMs('alice/other', 'one')).toBe(0);
});

it.each([
  ['after ten seconds, where it has not paused yet', mostRepairs, 10_000],
  ['after four pauses, where it has', mostRepairs + 9, 240_000],
])('forgets %s', async (_case, writes, calmMs) => {
  const clock = new ManualClock();
  const limiter = new RepairLimiter(clock);
  const writeAll = (): void => {
    for (let write = 0; write < writes; write += 1) limiter.wrote('alice/db', 'one');
  };
  writeAll();
  await clock.advance(calmMs);
  limiter.wrote('alice/db', 'one');
  expect(limiter.waitMs('alice/db', 'one')).toBe(0);
  writeAll();
  await clock.advance(calmMs - 1);
  limiter.wrote('alice/db', 'one');
  expect(limiter.waitMs('alice/db', 'one')).toBeGreaterThan(0);
});

it.each<[string, (limiter: RepairLimiter) => number]>([
  ['what is wished for anew', (limiter) => limiter.waitMs('alice/db', 'two')],
  [
    'an object that was made again',
    (limiter) => {
      limiter.forget('alice/db');
      return limiter.waitMs('alice/db', 'one');
    },
  ],
])('does not hold up %s', (_case, waitMs) => {
  const limiter = new RepairLimiter(new ManualClock());
  for (let write = 0; write < mostRepairs; write += 1) limiter.wrote('alice/db', 'one');
  expect(waitMs(limiter)).toBe(0);
});

it('keeps none of the long texts that it is asked about', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const limiter = new RepairLimiter(new ManualClock());
  const [texts, textLength] = [200, 100_000];
  collect();
  const before = process.memoryUsage().heapUsed;
  // Each another one, as JSON.stringify makes them.
  for (let index = 0; index < texts; index += 1)
    limiter.wrote(`alice/${String(index)}`, JSON.stringify([index, 'x'.repeat(textLength)]));
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan((texts * textLength) / 4);
  expect(limiter.waitMs('alice/0', '')).toBe(0);
});
