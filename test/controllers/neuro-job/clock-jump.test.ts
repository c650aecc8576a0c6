/** Limits of time of a job while its operator's clock is set. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { neuroJobType } from '../../../src/controllers/resources.ts';
import { PatientClock } from '../../../src/kernel/index.ts';
import { JobWorld } from './job-world.ts';

const hourMs = 3_600_000;

let world: JobWorld;
beforeEach(async () => {
  world = new JobWorld();
  world.deadlines = new PatientClock(world.clock);
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

test('that is put right within a minute: the job continues', async () => {
  world.clock.jump(hourMs);
  await lookAgain();
  expect(world.job().status.phase).toBe('Running');
  world.clock.jump(-hourMs);
  await world.clock.advance(2 * 60_000);
  await lookAgain();
  expect(world.job().status.phase).toBe('Running');
});

test('that is put right within a minute: an image that cannot be pulled is given up a minute after it began', async () => {
  world.addJob({}, 'puller');
  await world.clock.advance(3_000);
  world.clock.jump(hourMs);
  const waiting = { reason: 'ErrImagePull', message: 'not found' };
  world.setPod(
    { phase: 'Pending', containerStatuses: [{ name: 'job', restartCount: 0, state: { waiting } }] },
    'puller',
  );
  await world.clock.advance(100);
  expect(world.job('puller').status).toMatchObject({ phase: 'Pending', reason: 'ErrImagePull' });
  world.clock.jump(-hourMs);
  await world.clock.advance(61_000);
  expect(world.job('puller').status.phase).toBe('Failed');
});

test('that stays ahead: the time that it jumped counts', async () => {
  world.clock.jump(hourMs);
  await lookAgain();
  await world.clock.advance(61_000);
  await lookAgain();
  expect(world.job().status).toMatchObject({ phase: 'Cancelled' });
});

test('that stays ahead: the status shows the time of day at once', async () => {
  world.clock.jump(hourMs);
  const { now } = world;
  world.end(0);
  await world.clock.advance(100);
  const { phase, finishTime, transitions, conditions } = world.job().status;
  expect({ phase, finishTime }).toEqual({ phase: 'Succeeded', finishTime: now });
  expect(transitions?.at(-1)?.time).toBe(now);
  expect(conditions?.find(({ type }) => type === 'Complete')?.lastTransitionTime).toBe(now);
});

test('that stays ahead: a job that is cancelled ends at the time of day, and has run as long as it ran', async () => {
  world.clock.jump(hourMs);
  const { now } = world;
  const job = world.job();
  world.model.put(neuroJobType, { ...job, spec: { ...job.spec, cancel: true } });
  await world.clock.advance(100);
  const { phase, finishTime, ranSeconds = 0 } = world.job().status;
  expect({ phase, finishTime }).toEqual({ phase: 'Cancelled', finishTime: now });
  expect(ranSeconds).toBeLessThan(60);
});

test.each([
  ['ahead', hourMs],
  ['behind', -hourMs],
])(
  'that is %s when a job has to wait for bytes of its namespace: it starts when they have drained',
  async (_, jumpMs) => {
    // 8 MB where 6 MiB a minute may be copied: the next one waits for some 20 seconds.
    const names = Array.from({ length: 8 }, (_value, index) => `large-${String(index)}`);
    for (const name of names) world.addSecret(name, 'x'.repeat(1_000_000), 'bob');
    world.addJob({ files: names.map((name) => ({ path: `/run/${name}`, fromSecret: { name } })) }, 'first');
    await world.clock.advance(1_000);
    expect(world.made).toContain('Pod/first');
    world.addSecret('small', 'x', 'bob');
    world.clock.jump(jumpMs);
    world.addJob({ env: [{ name: 'SMALL', fromSecret: { name: 'small' } }] }, 'second');
    await world.clock.advance(1_000);
    expect(world.made).not.toContain('Pod/second');
    world.clock.jump(-jumpMs);
    await world.clock.advance(30_000);
    expect(world.made).toContain('Pod/second');
  },
);
