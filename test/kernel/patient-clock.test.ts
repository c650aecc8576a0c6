import { expect, test } from 'vitest';
import { PatientClock } from '../../src/kernel/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const hourMs = 3_600_000;

function world() {
  const wall = new ManualClock();
  const clock = new PatientClock(wall);
  return { wall, clock, behindMs: () => wall.now() - clock.now() };
}

test('a clock that is set forward and back again ends nothing', async () => {
  const { wall, clock, behindMs } = world();
  const beganMs = clock.now();
  wall.jump(hourMs);
  expect(clock.now()).toBe(beganMs);
  await wall.advance(30_000);
  expect(clock.now()).toBe(beganMs + 30_000);
  wall.jump(-hourMs);
  expect(behindMs()).toBe(0);
  // The next jump has a minute of its own.
  wall.jump(hourMs);
  await wall.advance(59_000);
  clock.now();
  expect(behindMs()).toBe(hourMs);
});

test('a clock that stays ahead counts after a minute', async () => {
  const { wall, behindMs } = world();
  wall.jump(hourMs);
  expect(behindMs()).toBe(hourMs);
  await wall.advance(60_000);
  expect(behindMs()).toBe(0);
});

test('a clock that is set back, or is corrected a little, counts at once', async () => {
  const { wall, behindMs } = world();
  for (const ms of [-hourMs, 400, -400, 300, 300]) {
    wall.jump(ms);
    expect(behindMs()).toBe(0);
    await wall.advance(1_000);
  }
});

test('a clock that is followed counts from its jump, though nobody looked since', async () => {
  const { wall, clock, behindMs } = world();
  const abort = new AbortController();
  const following = clock.follow(abort.signal);
  await wall.advance(10_000);
  wall.jump(hourMs);
  await wall.advance(62_000);
  expect(behindMs()).toBe(0);
  abort.abort();
  await following;
  expect(wall.timerCount).toBe(0);
});
