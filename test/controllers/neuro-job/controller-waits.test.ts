/** What a job waits for, and what somebody else made in its way, in front of an API server without a network. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { podType, roleBindingType, secretType, serviceType } from '../../../src/controllers/resources.ts';
import { KernelError } from '../../../src/kernel/index.ts';
import { settle } from '../../support/manual-clock.ts';
import { borrowed, JobWorld } from './job-world.ts';
import { borrows, isWrite, addGrant } from './controller-cases.ts';

function forged(name: string) {
  return { metadata: { namespace: 'bob', name, labels: { 'neu.ro/managed-by': 'neuro-operator' } } };
}

/** As the operator finds it after it was down: expired, and its binding still stands. */
function grantThatIsOver(its: JobWorld): void {
  its.addSecret('db-password', 'p@ss');
  its.granted.add('alice/db-password');
  const { uid = '' } = addGrant(its, { expiresAt: '2025-12-31T23:59:59Z' }).metadata;
  its.model.put(roleBindingType, {
    metadata: {
      namespace: 'alice',
      name: 'neuro-grant-to-bob',
      labels: { 'neu.ro/managed-by': 'neuro-operator' },
      ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'SecretGrant', name: 'to-bob', uid, controller: true }],
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'neuro-grant-to-bob' },
    subjects: [{ kind: 'Group', name: 'system:serviceaccounts:bob', apiGroup: 'rbac.authorization.k8s.io' }],
  });
}

let world: JobWorld;
beforeEach(() => {
  world = new JobWorld();
});
afterEach(() => world.stop());

describe('secrets that are missing', () => {
  test.each<[string, (world: JobWorld) => void]>([
    ['absent', () => undefined],
    ['not granted', (its) => void its.addSecret('db-password', 'p@ss')],
    ['granted, and absent', (its) => void its.granted.add('alice/db-password')],
    ['granted by a grant that is over', (its) => grantThatIsOver(its)],
  ])('a job waits the same way, takes the same time, and asks the same: %s', async (_, given) => {
    given(world);
    await world.start();
    world.addJob(borrows);
    await world.clock.advance(499);
    expect(world.job().status).toEqual({});
    await world.clock.advance(301);
    expect(world.job().status).toMatchObject({
      phase: 'Pending',
      reason: 'MissingSecrets',
      message: "Missing secrets: 'secret:/alice/db-password'",
      transitions: [{ time: '2026-01-01T00:00:00Z' }],
    });
    expect(world.writes).toEqual(['PATCH neurojobs/train/status']);
    const ofJob = world.events.filter(({ regarding }) => regarding.kind === 'NeuroJob');
    expect(ofJob.map(({ text }) => text.reason)).toEqual(['MissingSecrets']);
    await world.clock.advance(300_000);
    expect(world.job().status).toMatchObject({ phase: 'Failed', reason: 'MissingSecrets' });
    expect(world.made).toEqual([]);
  });

  test('the owner gets an event about a secret that a job asked for in vain, without the name of the job', async () => {
    world.addSecret('db-password', 'p@ss');
    await world.start();
    world.addJob(borrows);
    await world.clock.advance(1_000);
    const ofSecret = world.events.filter(({ regarding }) => regarding.kind === 'UserSecret');
    expect(ofSecret.map(({ text }) => text.reason)).toEqual(['UseDenied']);
  });

  test('a job starts the moment the last one is there', async () => {
    world.granted.add('alice/db-password');
    await world.start();
    world.addJob(borrows);
    await world.clock.advance(60_000);
    expect(world.made).toEqual([]);
    world.addSecret('db-password', 'p@ss');
    await settle();
    expect(world.made).toEqual(['Pod/train', 'Secret/neuro-job-UID']);
  });

  test('a RoleBinding of an administrator is found by asking again, within five seconds', async () => {
    world.addSecret('db-password', 'p@ss');
    await world.start();
    world.addJob(borrows);
    await world.clock.advance(60_000);
    world.granted.add('alice/db-password');
    await world.clock.advance(5_000);
    expect(world.made).toEqual(['Pod/train', 'Secret/neuro-job-UID']);
  });

  test('RBAC that lags behind a grant costs a tenth of a second', async () => {
    world.addSecret('db-password', 'p@ss');
    await world.start();
    world.addJob(borrows);
    await world.clock.advance(60_000);
    addGrant(world);
    await world.clock.advance(20);
    world.granted.add('alice/db-password');
    await world.clock.advance(80);
    expect(world.made).toEqual(['Pod/train', 'Secret/neuro-job-UID']);
  });

  test('a Secret of the right name that is not of this UserSecret is not taken', async () => {
    world.addSecret('db-password', 'p@ss');
    world.granted.add('alice/db-password');
    const native = world.model.get(secretType, borrowed);
    if (native === undefined) throw new Error('no Secret');
    world.model.put(secretType, { ...native, metadata: { ...native.metadata, ownerReferences: [] } });
    await world.start();
    world.addJob(borrows);
    await world.clock.advance(1_000);
    expect(world.job().status.reason).toBe('MissingSecrets');
    expect(world.made).toEqual([]);
  });
});

describe('what someone else made', () => {
  test.each<[string, (its: JobWorld) => void]>([
    ['a Pod', (its) => void its.model.put(podType, { metadata: { namespace: 'bob', name: 'train' } })],
    ['a Pod with our label', (its) => void its.model.put(podType, forged('train'))],
    ['a Service', (its) => void its.model.put(serviceType, { metadata: { namespace: 'bob', name: 'train' } })],
  ])('%s of the name of the job is left alone, and said to be in the way', async (_, given) => {
    given(world);
    await world.start();
    world.addJob({ http: { port: 80 } });
    await settle();
    expect(world.job().status).toMatchObject({ phase: 'Failed', reason: 'Conflict' });
    expect(world.writes.filter((write) => write.startsWith('DELETE') && !write.includes('services'))).toEqual([]);
  });

  test('a Secret of the name of the snapshot is not overwritten', async () => {
    world.addSecret('token', 'mine', 'bob');
    await world.start();
    world.intercept = ({ method, path, body }) => {
      if (method === 'POST' && path.endsWith('/bob/secrets')) {
        const { metadata } = body as { metadata: { name: string } };
        if (world.model.get(secretType, { namespace: 'bob', name: metadata.name }) === undefined) {
          world.model.put(secretType, { metadata: { namespace: 'bob', name: metadata.name }, data: {} });
        }
      }
      return 'pass';
    };
    world.addJob({ env: [{ name: 'T', fromSecret: { name: 'token' } }] });
    await settle();
    expect(world.job().status).toMatchObject({ phase: 'Failed', reason: 'Conflict' });
    expect(world.made).toEqual(['Secret/neuro-job-UID', 'Secret/token']);
  });

  test('a snapshot made beforehand does not lead the Pod to another Secret', async () => {
    world.addSecret('token', 'mine', 'bob');
    world.model.put(secretType, { metadata: { namespace: 'bob', name: 'admin' }, data: { password: 'eA==' } });
    world.addJob({ env: [{ name: 'T', fromSecret: { name: 'token' } }] });
    const { uid = '' } = world.job().metadata;
    const place = {
      namespace: 'bob',
      name: 'token',
      uid: 'u',
      key: 'k',
      version: 'v',
      secretName: 'admin',
      dataKey: 'password',
    };
    const ownerReferences = [{ apiVersion: 'neu.ro/v1', kind: 'NeuroJob', name: 'train', uid, controller: true }];
    const annotations = { 'neu.ro/snapshot': JSON.stringify([place]) };
    world.model.put(secretType, {
      metadata: { ...forged(`neuro-job-${uid}`).metadata, ownerReferences, annotations },
      data: {},
    });
    await world.start();
    await world.clock.advance(1_000);
    const pod = world.model.get(podType, { namespace: 'bob', name: 'train' });
    expect(JSON.stringify(pod)).toContain(`neuro-job-${uid}`);
    expect(JSON.stringify(pod)).not.toContain('"admin"');
  });

  test('a snapshot that somebody wrote does not say that the job used a secret of somebody else', async () => {
    world.addJob();
    await world.start();
    const { uid = '' } = world.job().metadata;
    const taken = { namespace: 'alice', name: 'db-password', uid: 'u', key: 'k', version: 'v' };
    const ownerReferences = [{ apiVersion: 'neu.ro/v1', kind: 'NeuroJob', name: 'train', uid, controller: true }];
    const annotations = { 'neu.ro/snapshot': JSON.stringify([taken]) };
    world.model.put(secretType, {
      metadata: { ...forged(`neuro-job-${uid}`).metadata, ownerReferences, annotations },
      data: {},
    });
    world.run();
    await settle();
    expect(world.job().status.phase).toBe('Running');
    expect(world.job().status.secrets).toBeUndefined();
  });

  test('a Secret that only claims to be of the job is not cleaned up with it', async () => {
    world.addJob();
    const { uid = '' } = world.job().metadata;
    const annotations = { 'neu.ro/owner-uid': uid };
    world.model.put(secretType, { metadata: { ...forged('precious').metadata, annotations }, data: {} });
    await world.start();
    world.end(0);
    await settle();
    expect(world.job().status.phase).toBe('Succeeded');
    expect(world.made).toEqual(['Pod/train', 'Secret/precious']);
  });

  test('the Pod of a former job of the name is waited for', async () => {
    const ownerReferences = [
      { apiVersion: 'neu.ro/v1', kind: 'NeuroJob', name: 'train', uid: 'former', controller: true },
    ];
    world.model.put(podType, { metadata: { ...forged('train').metadata, ownerReferences } });
    await world.start();
    world.addJob();
    await settle();
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'Creating' });
    world.model.remove(podType, { namespace: 'bob', name: 'train' });
    await settle();
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'Scheduling' });
  });
});

test('a namespace copies a bounded number of bytes in a minute, and the next job waits and says why', async () => {
  const names = Array.from({ length: 7 }, (_, at) => `large-${String(at)}`);
  for (const name of names) world.addSecret(name, Buffer.alloc(1024 * 1024 - 4_096, name), 'bob');
  const uses = (...used: readonly string[]): object => ({
    files: used.map((name) => ({ path: `/s/${name}`, fromSecret: { name } })),
  });
  await world.start();
  world.addJob(uses(...names), 'first');
  world.addJob(uses('large-0'), 'second');
  await world.clock.advance(3_000);
  expect(world.made).toContain('Pod/first');
  expect(world.made).not.toContain('Pod/second');
  expect(world.job('second').status).toMatchObject({ phase: 'Pending', reason: 'Creating' });
  await world.clock.advance(20_000);
  expect(world.made).toContain('Pod/second');
});

test('pieces of a snapshot that was never finished are made again, so that all values are of one moment', async () => {
  const large = (byte: number): Uint8Array => Buffer.alloc(700 * 1024, byte);
  world.addSecret('one', large(1), 'bob');
  world.addSecret('two', large(2), 'bob');
  world.intercept = (request) =>
    isWrite(request) && JSON.stringify(request.body).includes('neu.ro/snapshot')
      ? new KernelError('Server', 'no')
      : 'pass';
  await world.start();
  world.addJob({
    files: [
      { path: '/one', fromSecret: { name: 'one' } },
      { path: '/two', fromSecret: { name: 'two' } },
    ],
  });
  await settle();
  expect(world.made).toContain('Secret/neuro-job-UID-1');
  // Its own pieces do not wake a job, so that one that fails is not retried without a pause.
  await world.clock.advance(10_000);
  expect(world.writes.length).toBeLessThan(60);
  await world.stop();
  const one = world.model.get(secretType, { namespace: 'bob', name: 'one' });
  if (one === undefined) throw new Error('no Secret');
  world.model.put(secretType, { ...one, data: { one: Buffer.from(large(3)).toString('base64') } });
  world.intercept = () => 'pass';
  await world.start();
  await world.clock.advance(1_000);
  expect(world.made).toContain('Pod/train');
  const second = world.model.all(secretType).find(({ metadata }) => metadata.name.endsWith('-1'));
  expect(Buffer.from((second?.['data'] as Record<string, string>)['s0'] ?? '', 'base64')[0]).toBe(3);
});
