import { expect, test } from 'vitest';
import { sleep, withTimeLimit } from '../../src/kernel/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const limitMs = 1_000;

test('work that is done in time leaves no timer', async () => {
  const clock = new ManualClock();
  const work = withTimeLimit({ limitMs, clock }, (signal) => sleep(900, { clock, signal }).then(() => 'done'));
  await clock.advance(900);
  expect(await work).toBe('done');
  expect(clock.timerCount).toBe(0);
});

test('work that takes longer is ended by its signal, at the limit of the clock', async () => {
  const clock = new ManualClock();
  let ended: unknown;
  const work = withTimeLimit({ limitMs, clock }, (signal) => sleep(60_000, { clock, signal })).catch(
    (error: unknown) => (ended = error),
  );
  await clock.advance(limitMs - 1);
  expect(ended).toBeUndefined();
  await clock.advance(1);
  await work;
  expect(ended).toMatchObject({ name: 'TimeoutError' });
  expect(clock.timerCount).toBe(0);
});

test('a signal of the caller ends it before, with its own reason', async () => {
  const clock = new ManualClock();
  const caller = new AbortController();
  const work = withTimeLimit({ limitMs, clock, signal: caller.signal }, (signal) => sleep(60_000, { clock, signal }));
  caller.abort(new Error('the caller has gone'));
  await expect(work).rejects.toThrow('the caller has gone');
  expect(clock.timerCount).toBe(0);
});
