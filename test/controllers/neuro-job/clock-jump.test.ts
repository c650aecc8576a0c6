/** Limits of time of a job while its operator's clock is set. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { neuroJobType } from '../../../src/controllers/resources.ts';
import { PatientClock } from '../../../src/kernel/index.ts';
import { JobWorld } from './job-world.ts';

const hourMs = 3_600_000;

let world: JobWorld;
beforeEach(async () => {
  world = new JobWorld();
  world.deadlines = new PatientClock(world.clock, world.clock.steadyNow);
  await world.start();
  world.addJob({ lifeSpan: '30m' });
  await world.clock.advance(100);
  world.run();
  await world.clock.advance(100);
});
afterEach(() => world.stop());

/** As the operator does after a jump. */
async function lookAgain(): Promise<void> {
  const job = world.job() as unknown as Parameters<typeof world.model.put>[1];
  world.model.put(neuroJobType, job);
  await world.clock.advance(100);
}

test('that is put right within a minute: the job goes on', async () => {
  world.clock.jump(hourMs);
  await lookAgain();
  expect(world.job().status.phase).toBe('Running');
  world.clock.jump(-hourMs);
  await world.clock.advance(2 * 60_000);
  await lookAgain();
  expect(world.job().status.phase).toBe('Running');
});

test('that stays ahead: the time that it jumped counts', async () => {
  world.clock.jump(hourMs);
  await lookAgain();
  await world.clock.advance(61_000);
  await lookAgain();
  expect(world.job().status).toMatchObject({ phase: 'Cancelled' });
});
