/** `neuro run --schedule` and `neuro schedule`, in front of an API server without a network. */
import { describe, expect, it, test } from 'vitest';
import type { NeuroJob, NeuroSchedule } from '../../src/api/index.ts';
import { neuroJobs, neuroSchedules } from '../../src/cli/connect/kinds.ts';
import { KernelError } from '../../src/kernel/index.ts';
import { createWorld, type World } from './typed.ts';

const image = 'registry.example/team/backup:1';
const words = [
  'run',
  '--schedule',
  '0 3 * * 1-5',
  '--time-zone',
  'Europe/Berlin',
  '--name',
  'nightly',
  image,
  '--',
  'a',
  'b',
];
const jobsOf = (world: World): readonly NeuroJob[] => world.model.all(neuroJobs) as unknown as readonly NeuroJob[];
const schedulesOf = (world: World): readonly NeuroSchedule[] =>
  world.model.all(neuroSchedules) as unknown as readonly NeuroSchedule[];

describe('neuro run --schedule', () => {
  it('makes a schedule, and a template that goes with it', async () => {
    const world = createWorld();
    expect(await world.type(words)).toMatchObject({ code: 0, out: 'Schedule: nightly\n' });
    const [schedule] = schedulesOf(world);
    expect(schedule?.spec).toEqual({
      schedule: '0 3 * * 1-5',
      timeZone: 'Europe/Berlin',
      jobTemplate: { name: 'nightly' },
    });
    const [template] = jobsOf(world);
    expect(template?.spec).toEqual({ image, args: ['a', 'b'], lifeSpan: '1d', suspend: true });
    expect(template?.metadata.ownerReferences).toMatchObject([
      { kind: 'NeuroSchedule', name: 'nightly', uid: schedule?.metadata.uid, controller: true },
    ]);
  });

  it.each([
    ['makes neither where the job is refused', 'DELETE of nothing', 0],
    ['says so where the job is refused, and the schedule cannot be removed again', 'DELETE', 1],
  ])('%s', async (_case, refused, left) => {
    const world = createWorld({
      refuse: ({ method, path }) =>
        (method === 'POST' && path.endsWith('/neurojobs')) ||
        (method === refused && path.endsWith('/neuroschedules/nightly'))
          ? new KernelError('Forbidden', `${method} ${path}: 403 Forbidden`)
          : undefined,
    });
    const { code, error } = await world.type(words);
    expect(code).not.toBe(0);
    expect(error).toContain('to create a job');
    expect(schedulesOf(world)).toHaveLength(left);
    expect(error.includes("The schedule 'nightly' has no job to start, and could not be removed again")).toBe(
      left === 1,
    );
  });

  it.each([
    [['--schedule', '0 25 * * *', image], "--schedule: '25' is not valid for the hour"],
    [['--schedule', '0 3 31 2 *', image], "--schedule: '0 3 31 2 *' is never due"],
    [['--schedule', '* * * *', image], 'five fields'],
    [
      ['--schedule', '@daily', '--time-zone', 'Europe/Atlantis', image],
      "--time-zone 'Europe/Atlantis' is not a time zone: write it like Europe/Berlin, or UTC",
    ],
    [['--time-zone', 'UTC', image], '--time-zone goes with --schedule'],
    [['--schedule', '@daily', '--share', 'bob', image], '--share does not go with --schedule'],
    [['--schedule', '@daily', '-t', image], '--tty does not go with --schedule'],
  ])('%j is refused', async (more, sentence) => {
    const world = createWorld();
    const typed = await world.type(['run', ...more]);
    expect(typed.code).toBe(2);
    expect(typed.error).toContain(sentence);
    expect(schedulesOf(world)).toEqual([]);
  });

  it('makes nothing when a secret is missing', async () => {
    const world = createWorld();
    const typed = await world.type(['run', '--schedule', '@daily', '-e', 'A=secret:none', image]);
    expect(typed.error).toContain('No schedule was made.');
    expect([...jobsOf(world), ...schedulesOf(world)]).toEqual([]);
  });

  it('leaves no half of it', async () => {
    const world = createWorld();
    world.model.put(neuroJobs, { metadata: { namespace: 'alice', name: 'nightly' }, spec: { image } });
    const typed = await world.type(words);
    expect(typed.error).toContain("There is a job 'nightly' already");
    expect(schedulesOf(world)).toEqual([]);
    world.model.remove(neuroJobs, { namespace: 'alice', name: 'nightly' });
    expect(await world.type(words)).toMatchObject({ code: 0 });
    expect((await world.type(words)).error).toContain("The schedule 'nightly' exists");
  });
});

async function withSchedule(): Promise<World> {
  const world = createWorld();
  await world.type(words);
  return world;
}

test('a schedule is listed with what becomes of it', async () => {
  const world = await withSchedule();
  const [schedule] = schedulesOf(world);
  const lastFinished = { name: 'nightly-1', phase: 'Failed', time: '2026-11-25T02:01:00Z' };
  world.model.put(neuroSchedules, {
    ...schedule,
    metadata: { ...schedule?.metadata, namespace: 'alice', name: 'nightly', generation: 1 },
    status: {
      observedGeneration: 1,
      activeCount: 1,
      lastScheduleTime: '2026-11-25T02:00:00Z',
      nextScheduleTime: '2026-11-26T02:00:00Z',
      lastFinished,
      conditions: [{ type: 'Ready', status: 'True', reason: 'Scheduled', message: 'm', lastTransitionTime: '' }],
    },
  });
  const now = (): Date => new Date('2026-11-25T10:00:00Z');
  const { out } = await world.type(['schedule', 'ls'], { now });
  expect(out).toMatch(/nightly +0 3 \* \* 1-5 +Europe\/Berlin +active +1 +8h +failed +16h/);
  const shown = await world.type(['schedule', 'show', 'nightly'], { now });
  expect(shown.out).toContain('failed (nightly-1, 2026-11-25T02:01:00Z)');
  expect((await world.type(['ps'])).out).not.toContain('nightly');
});

test('a schedule that the operator has not seen yet is new', async () => {
  const world = await withSchedule();
  expect((await world.type(['schedule', 'ls'])).out).toMatch(/nightly +0 3 \* \* 1-5 +Europe\/Berlin +new /);
});

test('pause and resume change spec.suspend alone', async () => {
  const world = await withSchedule();
  expect(await world.type(['schedule', 'pause', 'nightly'])).toMatchObject({ code: 0 });
  expect(schedulesOf(world)[0]?.spec.suspend).toBe(true);
  await world.type(['schedule', 'resume', 'nightly']);
  expect(schedulesOf(world)[0]?.spec).toMatchObject({ suspend: false, schedule: '0 3 * * 1-5' });
  expect(await world.type(['schedule', 'pause', 'none'])).toMatchObject({ code: 72 });
});

test.each<[string, (left: readonly NeuroSchedule[]) => unknown, unknown]>([
  ['pause', ([left]) => left?.spec.suspend, true],
  ['rm', (left) => left.length, 0],
])('%s goes on after a schedule that is not there', async (verb, found, wanted) => {
  const world = await withSchedule();
  const { code, error } = await world.type(['schedule', verb, 'none', 'nightly', 'nothing']);
  expect(code).toBe(72);
  for (const name of ['none', 'nothing']) expect(error).toContain(`Schedule '${name}' not found`);
  expect(found(schedulesOf(world))).toBe(wanted);
});

test('rm stops where no schedule could be reached', async () => {
  let isAway = false;
  const world = createWorld({
    refuse: () => (isAway ? new KernelError('Network', 'connect ECONNREFUSED') : undefined),
  });
  await world.type(words);
  isAway = true;
  const { code, error } = await world.type(['schedule', 'rm', 'one', 'two', 'three']);
  expect(code).toBe(74);
  expect(error.match(/ERROR:/g)).toHaveLength(1);
});

test('run-now makes one job, which is one of the schedule', async () => {
  const world = await withSchedule();
  const { out, code } = await world.type(['schedule', 'run-now', 'nightly']);
  expect(code).toBe(0);
  const job = jobsOf(world).find(({ metadata }) => metadata.name === out.trim());
  expect(job?.metadata.name).toMatch(/^nightly-[0-9a-f]{4}$/);
  expect(job?.spec).toEqual({ image, args: ['a', 'b'], lifeSpan: '1d' });
  expect(job?.metadata.labels).toEqual({ 'neu.ro/schedule': 'nightly' });
  expect(job?.metadata.ownerReferences).toMatchObject([{ kind: 'NeuroSchedule', controller: true }]);
});

test('rm takes the schedule away; with --keep-jobs only its template goes with it', async () => {
  const world = await withSchedule();
  await world.type(['schedule', 'run-now', 'nightly']);
  expect(await world.type(['schedule', 'rm', 'nightly', '--keep-jobs'])).toMatchObject({ code: 0 });
  expect(schedulesOf(world)).toEqual([]);
  expect(jobsOf(world).map(({ spec }) => spec.suspend)).toEqual([undefined]);
});
