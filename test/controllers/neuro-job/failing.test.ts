import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { neuroJobType, podType, secretGrantType, secretType } from '../../../src/controllers/resources.ts';
import { KernelError, type TransportRequest } from '../../../src/kernel/index.ts';
import { settle } from '../../support/manual-clock.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { borrowed, JobWorld } from './job-world.ts';

const borrows = { env: [{ name: 'PASSWORD', fromSecret: borrowed }] };
const webhookDown = new KernelError('Server', 'POST /x: 500 failed calling webhook "w.example.com": no endpoints');
const isWrite = ({ method, path }: TransportRequest): boolean => method !== 'GET' && !path.includes('accessreviews');
const writes =
  (pattern: RegExp) =>
  (request: TransportRequest): boolean =>
    isWrite(request) && pattern.test(`${request.method} ${request.path}`);

let world: JobWorld;
beforeEach(() => {
  world = new JobWorld();
  world.addSecret('db-password', 'p@ss-word');
  world.granted.add('alice/db-password');
});
afterEach(() => world.stop());

function fail(isHit: (request: TransportRequest) => boolean, error = webhookDown): void {
  world.intercept = (request) => (isHit(request) ? error : 'pass');
}

function patchJob(spec: Record<string, unknown>, metadata: Record<string, unknown> = {}): void {
  const job = world.job() as unknown as { metadata: object; spec: object };
  world.model.put(neuroJobType, {
    ...job,
    metadata: { ...job.metadata, ...metadata },
    spec: { ...job.spec, ...spec },
  } as never);
}

async function startRunning(spec: Parameters<JobWorld['addJob']>[0]): Promise<void> {
  await world.start();
  world.addJob(spec);
  await settle();
  world.run();
  await settle();
  expect(world.job().status.phase).toBe('Running');
}

describe('a webhook that fails', () => {
  test.each<[string, RegExp, string]>([
    ['Pods', /^POST .*\/pods$/, 'creating the Pod failed: 500 failed calling webhook "w.example.com"'],
    [
      'Secrets',
      /^POST .*\/secrets$/,
      'copying the secrets of the job failed: 500 failed calling webhook "w.example.com"',
    ],
    ['Services', /^POST .*\/services$/, 'creating the Service failed: 500 failed calling webhook "w.example.com"'],
  ])('on %s is what the job waits for, told once, and mended at once when it is over', async (_, pattern, sentence) => {
    fail(writes(pattern));
    await world.start();
    world.addJob({ ...borrows, http: { port: 80 } });
    await world.clock.advance(10_000);
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'ApiError' });
    expect(world.job().status.message).toContain(sentence);
    expect(world.events.map(({ text }) => text.reason)).toEqual(['ApiError']);
    world.intercept = () => 'pass';
    await world.clock.advance(30_000);
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'Scheduling' });
    expect(world.made).toEqual(['Pod/train', 'Secret/neuro-job-UID', 'Service/train']);
  });

  test('does not hold up scheduleTimeout, and is named by it', async () => {
    fail(writes(/^POST .*\/pods$/));
    await world.start();
    world.addJob({ ...borrows, scheduleTimeout: '15s' });
    await world.clock.advance(14_000);
    expect(world.job().status.phase).toBe('Pending');
    await world.clock.advance(1_500);
    expect(world.job().status).toMatchObject({ phase: 'Failed', reason: 'ScheduleTimeout' });
    expect(world.job().status.message).toContain('failed calling webhook');
    expect(world.made).toEqual([]);
  });

  test('on a Pod that is to be deleted does not hold up the end, nor what else goes with it', async () => {
    await startRunning({ ...borrows, http: { port: 80 }, lifeSpan: '30s' });
    fail(writes(/^DELETE .*\/pods\//));
    await world.clock.advance(31_000);
    expect(world.job().status).toMatchObject({ phase: 'Cancelled', reason: 'LifeSpanEnded' });
    expect(world.made).toEqual(['Pod/train']);
    world.intercept = () => 'pass';
    await world.clock.advance(30_000);
    expect(world.made).toEqual([]);
  });
});

describe('statuses that are refused', () => {
  test.each<[string, () => void, Parameters<JobWorld['addJob']>[0]]>([
    ['cancel', () => patchJob({ cancel: true }), {}],
    ['the life span', () => undefined, { lifeSpan: '5s' }],
    ['a deletion behind a finalizer', () => patchJob({}, { deletionTimestamp: world.now, finalizers: ['x'] }), {}],
  ])('do not hold up %s, and the end is written when they are taken again', async (_, change, spec) => {
    await startRunning({ ...borrows, ...spec });
    fail(writes(/\/status$/), new KernelError('Forbidden', 'PATCH /x: 403 admission webhook "w" denied the request'));
    change();
    await world.clock.advance(10_000);
    expect(world.made).toEqual([]);
    expect(world.job().status.phase).toBe('Running');
    world.intercept = () => 'pass';
    await world.clock.advance(30_000);
    expect(world.job().status.phase).toBe('Cancelled');
  });
});

describe('access that ends before there is a Pod', () => {
  test('while the values are copied: no Pod is made, and the values go', async () => {
    await world.start();
    world.intercept = (request) => {
      if (writes(/^POST .*\/secrets$/)(request)) world.granted.clear();
      return 'pass';
    };
    world.addJob(borrows);
    await world.clock.advance(2_000);
    expect(world.writes).not.toContain('POST pods');
    expect(world.made).toEqual([]);
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'MissingSecrets' });
  });

  test('while something keeps the Pod away: the values go', async () => {
    fail(writes(/^POST .*\/pods$/), new KernelError('Forbidden', 'POST /x: 403 serviceaccount "x" not found'));
    await world.start();
    const grant = { namespace: 'alice', name: 'to-bob' };
    world.model.put(secretGrantType, {
      metadata: grant,
      spec: { secret: 'db-password', subject: { kind: 'User', name: 'bob' } },
    });
    world.addJob({ ...borrows, scheduleTimeout: '9999d' });
    await world.clock.advance(60_000);
    expect(world.made).toEqual(['Secret/neuro-job-UID']);
    world.granted.clear();
    world.model.remove(secretGrantType, grant);
    await world.clock.advance(100);
    expect(world.made).toEqual([]);
    expect(world.job().status.reason).toBe('MissingSecrets');
    expect(world.job().status.secrets).toBeUndefined();
  });
});

test('a Pod that others keep alive after the job is ended, and kept', async () => {
  await startRunning({});
  const terminated = { exitCode: 0, startedAt: world.now, finishedAt: world.now };
  const containerStatuses = [
    { name: 'mesh', restartCount: 0, state: { running: { startedAt: world.now } } },
    { name: 'job', restartCount: 0, state: { terminated } },
  ];
  world.setPod({ phase: 'Running', containerStatuses });
  await world.clock.advance(4_000);
  expect(world.job().status.phase).toBe('Succeeded');
  expect(world.writes).not.toContain('PATCH pods/train');
  await world.clock.advance(2_000);
  expect(world.writes.filter((write) => write === 'PATCH pods/train')).toHaveLength(1);
  expect(world.model.get(podType, { namespace: 'bob', name: 'train' })?.['spec']).toMatchObject({
    activeDeadlineSeconds: 1,
  });
});

test.each([
  ['Never', 'Failed', "the init container 'istio-init' ended with exit code 7", 'Failed'],
  ['OnFailure', 'Pending', "the init container 'istio-init' ended with exit code 7 and is started again", 'Pending'],
] as const)(
  'an init container that fails is named with its exit code: %s',
  async (restartPolicy, phase, message, podPhase) => {
    await world.start();
    world.addJob({ restartPolicy });
    await settle();
    await world.clock.advance(6_000);
    const initContainerStatuses = [{ name: 'istio-init', state: { terminated: { exitCode: 7 } } }];
    const containerStatuses = [{ name: 'job', restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } }];
    world.setPod({ phase: podPhase, initContainerStatuses, containerStatuses });
    await settle();
    expect(world.job().status).toMatchObject({ phase, message });
  },
);

test('of an init container that fails and a sidecar that is killed for it, the first is named', async () => {
  await world.start();
  world.addJob();
  await settle();
  const pod = world.model.get(podType, { namespace: 'bob', name: 'train' });
  if (pod === undefined) throw new Error('there is no Pod');
  const initContainers = [{ name: 'mesh', restartPolicy: 'Always' }, { name: 'vault-init' }];
  world.model.put(podType, { ...pod, spec: { ...(pod['spec'] as object), initContainers } });
  const ended = (name: string, exitCode: number) => ({ name, state: { terminated: { exitCode } } });
  world.setPod({
    phase: 'Failed',
    initContainerStatuses: [ended('mesh', 137), ended('vault-init', 7)],
    containerStatuses: [{ name: 'job', restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } }],
  });
  await settle();
  expect(world.job().status.message).toBe("the init container 'vault-init' ended with exit code 7");
});

describe('writes that fail by dice, at any time', () => {
  test.each(Array.from({ length: 25 }, (_, index) => index + 1))('end in one right state (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    let faultRate = 0.4;
    world.intercept = (request) => {
      if (!isWrite(request) || random() >= faultRate) return 'pass';
      const dice = random();
      if (dice < 0.3) return 'lost';
      if (dice < 0.5) return new KernelError('Conflict', 'PATCH /x: 409 changed');
      return dice < 0.6 ? new KernelError('Timeout', 'no answer') : webhookDown;
    };
    await world.start();
    world.addJob({ ...borrows, http: { port: 80 }, restartPolicy: 'Always', lifeSpan: '5m', scheduleTimeout: '1h' });
    for (let step = 0; step < 20; step += 1) {
      const pod = world.model.get(podType, { namespace: 'bob', name: 'train' });
      const dice = random();
      if (pod !== undefined && dice < 0.3) world.run();
      else if (pod !== undefined && dice < 0.45) world.model.remove(podType, { namespace: 'bob', name: 'train' });
      else if (dice < 0.55) {
        await world.stop();
        await world.start();
      }
      await world.clock.advance(random() * 5_000);
    }
    if (random() < 0.5) patchJob({ cancel: true });
    else if (world.model.get(podType, { namespace: 'bob', name: 'train' }) !== undefined) world.run();
    await world.clock.advance(60_000);
    faultRate = 0;
    await world.clock.advance(400_000);
    const { phase } = world.job().status;
    const hasPod = world.model.get(podType, { namespace: 'bob', name: 'train' }) !== undefined;
    const snapshots = world.model.all(secretType).filter(({ metadata }) => metadata.name.startsWith('neuro-job-'));
    if (phase === 'Cancelled') expect([hasPod, snapshots.length]).toEqual([false, 0]);
    else expect([phase, hasPod, snapshots.length]).toEqual([expect.stringMatching(/Pending|Running/), true, 1]);
    const before = world.writes.length;
    await world.clock.advance(60_000);
    expect(world.writes.length - before).toBe(0);
  });
});
