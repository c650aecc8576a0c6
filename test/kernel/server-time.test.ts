import { expect, it } from 'vitest';
import { ServerTime } from '../../src/kernel/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const hourMs = 3_600_000;
const httpDate = (ms: number): string => new Date(ms).toUTCString();

it('is that of this machine until an answer says another, and where what it says is no date', () => {
  const clock = new ManualClock();
  const time = new ServerTime(clock);
  expect(time.latest()).toBe(clock.now());
  time.hear('yesterday');
  time.hear('');
  expect(time.latest()).toBe(clock.now());
});

it('is the later of the two', () => {
  const clock = new ManualClock();
  const time = new ServerTime(clock);
  time.hear(httpDate(clock.now() - hourMs));
  expect(time.latest()).toBe(clock.now());
  time.hear(httpDate(clock.now() + hourMs));
  expect(time.latest()).toBe(clock.now() + hourMs);
});

it('stays right when the clock of this machine is set back, and counts on', async () => {
  const clock = new ManualClock();
  const time = new ServerTime(clock);
  const rightMs = clock.now();
  time.hear(httpDate(rightMs));
  clock.jump(-hourMs);
  expect(time.latest()).toBe(rightMs);
  await clock.advance(5_000);
  expect(time.latest()).toBe(rightMs + 5_000);
  // The same text once more is of the same moment.
  time.hear(httpDate(rightMs));
  expect(time.latest()).toBe(rightMs + 5_000);
});

it('follows the clock of the API server when that is put right', () => {
  const clock = new ManualClock();
  const time = new ServerTime(clock);
  time.hear(httpDate(clock.now() + hourMs));
  time.hear(httpDate(clock.now()));
  expect(time.latest()).toBe(clock.now());
});
