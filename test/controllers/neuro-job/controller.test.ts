/** A job from its start to its end, in front of an API server without a network. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  neuroJobType,
  podType,
  secretGrantType,
  secretType,
  userSecretType,
} from '../../../src/controllers/resources.ts';
import { KernelError } from '../../../src/kernel/index.ts';
import { settle } from '../../support/manual-clock.ts';
import { borrowed, JobWorld } from './job-world.ts';
import { borrows, isWrite, grant, addGrant } from './controller-cases.ts';

async function endWithWords(exitCode: number, words: string): Promise<void> {
  world.addSecret('db-password', 'p@ss-word');
  world.granted.add('alice/db-password');
  await world.start();
  world.addJob(borrows);
  await settle();
  world.run();
  await settle();
  world.end(exitCode, words);
  await settle();
}

function removeGrant(its: JobWorld): void {
  its.model.remove(secretGrantType, grant);
}

let world: JobWorld;
beforeEach(() => {
  world = new JobWorld();
});
afterEach(() => world.stop());

describe('an ordinary start', () => {
  test('takes three writes: snapshot, Pod, status', async () => {
    world.addSecret('db-password', 'p@ss');
    world.granted.add('alice/db-password');
    await world.start();
    world.addJob(borrows);
    await settle();
    expect(world.writes).toEqual(['POST secrets', 'POST pods', 'PATCH neurojobs/train/status']);
    expect(world.reviews[0]).toBe('system:serviceaccount:bob:default use usersecrets.neu.ro alice/db-password');
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'Scheduling', podName: 'train' });
    expect(world.events).toEqual([]);
  });

  test('asks nobody for secrets of the own namespace', async () => {
    world.addSecret('token', 'mine', 'bob');
    await world.start();
    world.addJob({ env: [{ name: 'T', fromSecret: { name: 'token' } }] });
    await settle();
    expect(world.reviews).toEqual([]);
    expect(world.made).toEqual(['Pod/train', 'Secret/neuro-job-UID', 'Secret/token']);
  });

  test('ends with the exit code, without the snapshot, and with the Pod for its logs', async () => {
    world.addSecret('db-password', 'p@ss-word');
    world.granted.add('alice/db-password');
    await world.start();
    world.addJob({ ...borrows, http: { port: 80 } });
    await settle();
    expect(world.made).toEqual(['Pod/train', 'Secret/neuro-job-UID', 'Service/train']);
    world.run();
    await settle();
    expect(world.job().status.phase).toBe('Running');
    world.end(3, 'cannot log in with p@ss-word\n');
    await settle();
    expect(world.job().status).toMatchObject({
      phase: 'Failed',
      exitCode: 3,
      message: 'cannot log in with [redacted]',
    });
    expect(world.made).toEqual(['Pod/train']);
  });

  test('its end is written before its last words are read, and its snapshot goes after both', async () => {
    await endWithWords(3, 'cannot log in with p@ss-word\n');
    const { uid = '' } = world.job().metadata;
    const firstDelete = world.writes.indexOf(`DELETE secrets/neuro-job-${uid}`);
    // Running, the end, the last words.
    const status = 'PATCH neurojobs/train/status';
    expect(world.writes.slice(0, firstDelete).slice(-3)).toEqual([status, status, status]);
    expect(world.job().status.transitions?.at(-1)?.message).toBe('the container ended with exit code 3');
    expect(world.job().status.message).toBe('cannot log in with [redacted]');
    expect(world.events.map(({ text }) => [text.reason, text.note])).toEqual([
      ['Error', 'the container ended with exit code 3'],
    ]);
  });

  test.each(['the Pod', 'the snapshot'])(
    'has its end all the same where %s cannot be read, and is not asked again',
    async (what) => {
      world.intercept = ({ method, path }) => {
        const isRead = what === 'the Pod' ? path.endsWith('/bob/pods/train') : path.includes('/bob/secrets/neuro-job-');
        return method === 'GET' && isRead ? new KernelError('Server', 'it failed') : 'pass';
      };
      await endWithWords(3, 'boom');
      await world.clock.advance(60_000);
      expect(world.job().status).toMatchObject({ phase: 'Failed', message: 'the container ended with exit code 3' });
      expect(world.made).toEqual(['Pod/train']);
      expect(world.errors).toHaveLength(1);
    },
  );

  test.each([1, 2])(
    'whose process is killed at write %i after its end is not asked for last words again',
    async (nth) => {
      let statusWrites = 0;
      world.intercept = ({ path }) => {
        const isStatus = path.endsWith('/status') && JSON.stringify(world.job()).includes('"podUid"');
        if (isStatus && world.job().status.phase === 'Running') statusWrites = 0;
        return isStatus && (statusWrites += 1) > nth ? new KernelError('LeaseLost', 'not the leader') : 'pass';
      };
      await endWithWords(3, 'boom');
      await world.stop();
      const reads = world.readsOf('pods/train');
      world.intercept = () => 'pass';
      await world.start();
      await settle();
      expect(world.job().status.phase).toBe('Failed');
      expect(world.made).toEqual(['Pod/train']);
      expect(reads).toBeLessThanOrEqual(1);
      expect(world.readsOf('pods/train')).toBe(0);
    },
  );

  test('with more than 4 MiB of values has its last words withheld, and none of them is read', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) world.addSecret(name, Buffer.alloc(1024 * 1024, name), 'bob');
    await world.start();
    world.addJob({ files: names.map((name) => ({ path: `/${name}`, fromSecret: { name } })) });
    await settle();
    world.run();
    await settle();
    world.end(3, 'boom');
    await settle();
    expect(world.job().status.message).toMatch(/withheld: its secrets have more than 4 MiB/);
    expect(world.readsOf('secrets/neuro-job-')).toBe(0);
  });

  test('a new process has nothing to write', async () => {
    world.addSecret('db-password', 'p@ss');
    world.granted.add('alice/db-password');
    await world.start();
    world.addJob(borrows);
    world.addJob(borrows, 'other');
    await settle();
    world.run();
    world.end(0, '', 'other');
    await settle();
    await world.stop();
    await world.start();
    await world.clock.advance(10_000);
    expect(world.writes).toEqual([]);
  });
});

describe('a running job', () => {
  const start = async (spec: Parameters<JobWorld['addJob']>[0], onRevoke = 'Continue'): Promise<void> => {
    world.addSecret('db-password', 'p@ss', 'alice', { onRevoke });
    world.granted.add('alice/db-password');
    await world.start();
    addGrant(world);
    world.addJob(spec);
    await settle();
    world.run();
    await settle();
    expect(world.job().status.phase).toBe('Running');
  };

  test('ends with its life span, to the second', async () => {
    await start({ lifeSpan: '90s' });
    await world.clock.advance(89_900);
    expect(world.job().status.phase).toBe('Running');
    await world.clock.advance(100);
    expect(world.job().status).toMatchObject({ phase: 'Cancelled', reason: 'LifeSpanEnded' });
    expect(world.made).toEqual([]);
  });

  test('loses its Pod when it is cancelled', async () => {
    await start({});
    world.model.put(neuroJobType, { ...(world.job() as object), spec: { image: 'busybox:1', cancel: true } } as never);
    await settle();
    expect(world.job().status).toMatchObject({ phase: 'Cancelled', reason: 'UserRequested' });
    expect(world.made).toEqual([]);
  });

  test('continues when a secret is revoked, unless its owner wants it ended', async () => {
    await start(borrows);
    world.granted.clear();
    removeGrant(world);
    await world.clock.advance(10_000);
    expect(world.job().status.phase).toBe('Running');
  });

  test('is ended where the owner wants it, though RBAC lags behind', async () => {
    await start(borrows, 'Terminate');
    removeGrant(world);
    await world.clock.advance(100);
    expect(world.job().status.phase).toBe('Running');
    world.granted.clear();
    await world.clock.advance(3_000);
    expect(world.job().status).toMatchObject({ phase: 'Cancelled', reason: 'AccessRevoked' });
  });

  test('is ended too when the grant went while no operator ran', async () => {
    await start(borrows, 'Terminate');
    await world.stop();
    removeGrant(world);
    world.granted.clear();
    await world.start();
    expect(world.job().status).toMatchObject({ phase: 'Cancelled', reason: 'AccessRevoked' });
  });

  test('whose Pod someone deletes has failed', async () => {
    await start({});
    world.model.remove(podType, { namespace: 'bob', name: 'train' });
    await settle();
    expect(world.job().status).toMatchObject({ phase: 'Failed', reason: 'NotFound' });
  });

  describe('whose Pod someone deletes gracefully', () => {
    /** The last status of the Pod and its end arrive together. */
    const end = async (exitCode: number, words = ''): Promise<void> => {
      const pod = world.model.get(podType, { namespace: 'bob', name: 'train' });
      if (pod === undefined) throw new Error('there is no Pod');
      world.model.put(podType, { ...pod, metadata: { ...pod.metadata, deletionTimestamp: world.now } });
      await settle();
      world.end(exitCode, words);
      world.model.remove(podType, { namespace: 'bob', name: 'train' });
      await settle();
    };

    test.each(['Never', 'OnFailure'] as const)('has succeeded if its container does: %s', async (restartPolicy) => {
      await start({ ...borrows, restartPolicy });
      await end(0);
      expect(world.job().status).toMatchObject({ phase: 'Succeeded', reason: 'Completed', exitCode: 0 });
      expect(world.made).toEqual([]);
    });

    test('has failed with the exit code of its container, and says why', async () => {
      await start({});
      await end(143, 'Terminated');
      expect(world.job().status).toMatchObject({
        phase: 'Failed',
        reason: 'NotFound',
        exitCode: 143,
        message: 'the Pod was deleted while its container ran; the container ended with exit code 143',
      });
      await world.clock.advance(60_000);
      expect(world.job().status.message).toContain('the Pod was deleted');
    });

    test.each([
      ['Always', 0],
      ['OnFailure', 143],
    ] as const)('runs again: %s, exit code %i', async (restartPolicy, exitCode) => {
      await start({ restartPolicy });
      await end(exitCode);
      expect(world.made).toEqual(['Pod/train']);
      expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'Scheduling', restarts: 1 });
      world.run();
      await settle();
      world.model.remove(podType, { namespace: 'bob', name: 'train' });
      await settle();
      expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'Scheduling', restarts: 2 });
    });
  });

  test('that is evicted says so, whatever its container said last', async () => {
    await start({});
    const terminated = { exitCode: 143, message: 'bye', startedAt: world.now, finishedAt: world.now };
    const containerStatuses = [{ name: 'job', restartCount: 0, state: { terminated } }];
    world.setPod({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
      containerStatuses,
    });
    await world.clock.advance(1_000);
    expect(world.job().status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      exitCode: 143,
      message: 'the Pod was taken away: The node was low on resource: memory.; the container ended with exit code 143',
    });
  });

  test('that restarts gets another Pod with the same values, after access was asked again', async () => {
    await start({ ...borrows, restartPolicy: 'Always' });
    const asked = world.reviews.length;
    world.model.remove(userSecretType, borrowed);
    world.model.remove(secretType, borrowed);
    world.model.remove(podType, { namespace: 'bob', name: 'train' });
    await settle();
    expect(world.reviews.length).toBeGreaterThan(asked);
    expect(world.made).toEqual(['Pod/train', 'Secret/neuro-job-UID']);
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'Scheduling', restarts: 1 });
  });

  test('that lost its access meanwhile gets no other Pod', async () => {
    await start({ ...borrows, restartPolicy: 'Always', scheduleTimeout: '10s' });
    world.granted.clear();
    world.model.remove(podType, { namespace: 'bob', name: 'train' });
    await world.clock.advance(1_000);
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'MissingSecrets' });
    await world.clock.advance(10_000);
    expect(world.job().status).toMatchObject({ phase: 'Failed', reason: 'MissingSecrets' });
    expect(world.made).toEqual([]);
  });

  test('is deleted some time after its end', async () => {
    await start({ ttlAfterFinished: '1m' });
    world.end(0);
    await world.clock.advance(59_000);
    expect(world.model.all(neuroJobType).length).toBe(1);
    await world.clock.advance(1_000);
    expect(world.model.all(neuroJobType).length).toBe(0);
  });
});

describe('a write that fails, or whose answer is lost,', () => {
  const story = async (its: JobWorld): Promise<void> => {
    its.addSecret('db-password', 'p@ss');
    its.addSecret('registry', '{"auths":{}}', 'alice', { type: 'kubernetes.io/dockerconfigjson' });
    its.granted.add('alice/db-password').add('alice/registry');
    await its.start();
    its.addJob({ ...borrows, imagePullSecret: { namespace: 'alice', name: 'registry' }, http: { port: 80 } });
  };

  test.each(
    [0, 1, 2, 3, 4].flatMap((nth) => [['error', nth] as const, ['lost', nth] as const, ['crash', nth] as const]),
  )('leaves one Pod with one snapshot and the right status: %s at write %i', async (how, nth) => {
    let count = -1;
    world.intercept = (request) => {
      if (!isWrite(request)) return 'pass';
      count += 1;
      if (count !== nth) return 'pass';
      return how === 'error' ? new KernelError('Server', 'it failed') : 'lost';
    };
    await story(world);
    await settle();
    if (how === 'crash') {
      await world.stop();
      await world.start();
    }
    await world.clock.advance(5_000);
    expect(world.made).toEqual(['Pod/train', 'Secret/neuro-job-UID', 'Secret/neuro-job-UID-pull', 'Service/train']);
    expect(world.job().status).toMatchObject({ phase: 'Pending', reason: 'Scheduling', podName: 'train' });
    expect(world.job().status.secrets?.map(({ name }) => name)).toEqual(['db-password', 'registry']);
  });
});
