import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { mostRepairs, RepairLimiter } from '../../src/controllers/repair-limiter.ts';
import { ManualClock } from '../support/manual-clock.ts';

it('lets the same be written so often, then waits until the first time is a minute ago', async () => {
  const clock = new ManualClock();
  const limiter = new RepairLimiter(clock);
  for (let write = 0; write < mostRepairs; write += 1) {
    expect(limiter.waitMs('alice/db', 'one')).toBe(0);
    limiter.wrote('alice/db', 'one');
    await clock.advance(1_000);
  }
  expect(limiter.waitMs('alice/db', 'one')).toBe(60_000 - mostRepairs * 1_000);
  expect(limiter.waitMs('alice/other', 'one')).toBe(0);
  await clock.advance(60_000 - mostRepairs * 1_000);
  expect(limiter.waitMs('alice/db', 'one')).toBe(0);
  limiter.wrote('alice/db', 'one');
  expect(limiter.waitMs('alice/db', 'one')).toBe(1_000);
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
