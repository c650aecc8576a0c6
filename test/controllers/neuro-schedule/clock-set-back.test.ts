/** The clock of the operator was wrong, and is put right. It begins on 1 January 2026, 00:00 UTC. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('a clock that is set back by an hour, while that of the API server is right', () => {
  const hourMs = 60 * minuteMs;

  /** An hour with a job every ten minutes, which are gone as soon as they have ended. */
  async function anHour(): Promise<void> {
    await world.apply({ schedule: '*/10 * * * *', successfulJobsHistoryLimit: 0 });
    for (let passed = 0; passed < 6; passed += 1) {
      await world.later(10 * minuteMs);
      for (const name of world.names) await world.end(name);
    }
    expect(world.status().lastScheduleTime).toBe('2026-01-01T01:00:00Z');
    expect(world.names).toEqual([]);
  }

  const made = (): readonly string[] => world.allWrites.filter((write) => write.startsWith('POST'));

  it('has no time begin again whose job is gone, and the schedule goes on when the clock is right', async () => {
    await anHour();
    world.behindMs = hourMs;
    await setClock(-hourMs);
    await world.later(35 * minuteMs);
    expect(made()).toEqual([]);
    expect(world.status()).toMatchObject({
      lastScheduleTime: '2026-01-01T01:00:00Z',
      nextScheduleTime: '2026-01-01T01:10:00Z',
    });
    world.behindMs = 0;
    await setClock(hourMs);
    // Of the three times that passed, the last.
    expect(world.names).toEqual([runAt('2026-01-01T01:30:00Z')]);
    await world.later(10 * minuteMs);
    expect(world.names).toContain(runAt('2026-01-01T01:40:00Z'));
  });

  it('goes on by itself where the clock stays as it is', async () => {
    await anHour();
    world.behindMs = hourMs;
    await setClock(-hourMs);
    await world.later(hourMs + 5 * minuteMs);
    expect(made()).toEqual([]);
    await world.later(5 * minuteMs);
    expect(world.names).toEqual([runAt('2026-01-01T01:10:00Z')]);
  });

  it('has times begin again where that of the API server is set back too, because nothing tells the right time', async () => {
    await anHour();
    await setClock(-hourMs);
    await world.later(10 * minuteMs);
    expect(world.names).toEqual([runAt('2026-01-01T00:10:00Z')]);
  });
});
