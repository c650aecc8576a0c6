/** The clock of the operator was wrong, and is put right. It begins on 1 January 2026, 00:00 UTC. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runAt, ScheduleWorld } from './schedule-world.ts';

const minuteMs = 60_000;
const yearMs = 365 * 24 * 60 * minuteMs;

let world: ScheduleWorld;

beforeEach(async () => {
  world = new ScheduleWorld();
  await world.makeTemplate();
  await world.start();
});

afterEach(async () => {
  await world.stop();
  expect(world.errors).toEqual([]);
});

/** As the operator does after a jump: it looks at all again. */
async function setClock(byMs: number): Promise<void> {
  world.clock.jump(byMs);
  await world.stop();
  await world.start();
}

it('a schedule goes on with its next time after a year in the future, and not only in a year', async () => {
  await world.apply();
  await setClock(yearMs);
  await world.later(minuteMs);
  expect(world.status().lastScheduleTime).toBe('2027-01-01T00:01:00Z');
  await setClock(-yearMs);
  expect(world.status().lastScheduleTime).toBeUndefined();
  expect(world.status().nextScheduleTime).toBe('2026-01-01T00:02:00Z');
  await world.later(minuteMs);
  expect(world.names).toContain(runAt('2026-01-01T00:02:00Z'));
  expect(world.status().lastScheduleTime).toBe('2026-01-01T00:02:00Z');
});

it('so does one that was made or changed in the future', async () => {
  await setClock(yearMs);
  await world.apply({ schedule: '*/2 * * * *' });
  await world.apply({ schedule: '* * * * *' });
  await setClock(-yearMs);
  await world.later(minuteMs);
  expect(world.names).toEqual([runAt('2026-01-01T00:01:00Z')]);
});

it('a clock that was a few minutes ahead makes no second job of a time, also where the first one is gone', async () => {
  await world.apply({ successfulJobsHistoryLimit: 0 });
  await setClock(5 * minuteMs);
  await world.later(minuteMs);
  const early = runAt('2026-01-01T00:06:00Z');
  await world.end(early);
  expect(world.names).not.toContain(early);
  await setClock(-5 * minuteMs);
  for (let passed = 0; passed < 5; passed += 1) {
    await world.later(minuteMs);
    expect(world.names).not.toContain(early);
  }
  await world.later(minuteMs);
  expect(world.names).toEqual([runAt('2026-01-01T00:05:00Z'), runAt('2026-01-01T00:07:00Z')]);
});

it('the next run is the last result, and is kept, after one that ended in the future', async () => {
  await world.apply({ successfulJobsHistoryLimit: 1 });
  await setClock(yearMs);
  await world.later(minuteMs);
  const early = runAt('2027-01-01T00:01:00Z');
  await world.end(early);
  expect(world.status().lastFinished?.name).toBe(early);
  await setClock(-yearMs);
  const before = world.names;
  await world.later(minuteMs);
  const next = world.names.find((name) => !before.includes(name)) ?? '';
  await world.end(next);
  expect(world.names).toContain(next);
  expect(world.names).not.toContain(early);
  expect(world.status().lastFinished?.name).toBe(next);
  expect(world.status().lastSuccessfulTime).toMatch(/^2026-/);
});
