/** The elector whose renewals run in a thread of their own, in front of a real HTTP server. */
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leases, systemClock, ThreadedElector, type Clock, type LeaseThreadData } from '../../src/kernel/index.ts';
import type { Lease } from '../../src/kernel/lease.ts';
import { SharedMoment } from '../../src/kernel/shared-moment.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { until } from '../support/until.ts';

/** Pauses between two tries; limits stay as they are. */
const retryPeriodMs = 50;
const hasty: Clock = {
  ...systemClock,
  schedule: (callback, delayMs) => systemClock.schedule(callback, delayMs / 20),
};

const ref = { namespace: 'neuro-system', name: 'neuro-operator' };

describe('an elector with a thread of its own', () => {
  let server: FakeApiServer;
  let stopping: AbortController;
  let workers: Worker[];
  let errors: Error[];
  let story: string[];

  beforeEach(async () => {
    server = await FakeApiServer.start();
    stopping = new AbortController();
    [workers, errors, story] = [[], [], []];
  });
  afterEach(async () => {
    stopping.abort();
    await server.close();
  });

  const startThread = (data: LeaseThreadData): Worker => {
    const workerData = { ...data, retryPeriodMs };
    const worker = new Worker(new URL('../../src/kernel/lease-worker.ts', import.meta.url), { workerData });
    workers.push(worker);
    return worker;
  };
  const elector = (start = startThread): ThreadedElector =>
    new ThreadedElector({
      access: {
        server: server.url,
        namespace: '',
        clusterName: '',
        credentials: () => Promise.resolve({ headers: {}, tls: {} }),
      },
      ...ref,
      identity: 'a',
      userAgent: 'test',
      startThread: start,
      clock: hasty,
      onError: (error) => errors.push(error),
    });
  const spec = (): Lease['spec'] => (server.model.get(leases, ref) as Lease | undefined)?.spec;
  const holder = (): string | undefined => spec()?.holderIdentity;
  const leadUntilAborted = (signal: AbortSignal): Promise<void> => {
    story.push('started');
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  };

  test('leads, and lets the lease go when it stops', async () => {
    const one = elector();
    expect(one.guard()).toThrow('does not hold the lease');
    const ended = one.run(stopping.signal, {
      onStartedLeading: leadUntilAborted,
      onStoppedLeading: () => story.push('stopped'),
    });
    await until(() => story.length > 0, 'it leads');
    expect(one.isLeader()).toBe(true);
    expect(one.guard()).not.toThrow();
    expect(holder()).toBe('a');
    stopping.abort();
    await ended;
    expect(story).toEqual(['started', 'stopped']);
    expect(one.isLeader()).toBe(false);
    expect(holder()).toBeUndefined();
  });

  test('renews by itself', async () => {
    const one = elector();
    const ended = one.run(stopping.signal, { onStartedLeading: leadUntilAborted });
    await until(() => story.length > 0, 'it leads');
    const sent = server.requests.length;
    await until(() => server.requests.length > sent, 'it renews by itself');
    expect(one.isLeader()).toBe(true);
    stopping.abort();
    await ended;
  });

  test('ends the work and starts the thread again when the thread dies', async () => {
    const one = elector();
    let aborts = 0;
    const ended = one.run(stopping.signal, {
      onStartedLeading: (signal) => {
        signal.addEventListener('abort', () => (aborts += 1), { once: true });
        return leadUntilAborted(signal);
      },
    });
    await until(() => story.length === 1, 'it leads');
    await workers[0]?.terminate();
    await until(() => aborts === 1, 'the work ends');
    const held = spec();
    await until(() => story.length === 2, 'it leads again');
    // Renewed, where it would be taken by another: no other process had to wait for it, or saw it run out.
    expect(spec()).toMatchObject({ holderIdentity: 'a', acquireTime: held?.acquireTime, leaseTransitions: 0 });
    expect(errors.length).toBeGreaterThan(0);
    stopping.abort();
    await ended;
  });

  test('work that ended because the lease looked lost, which it was not, starts again', async () => {
    let renewedAt: SharedMoment | undefined;
    const one = elector((data) => {
      renewedAt = new SharedMoment(data.renewedAt);
      return startThread(data);
    });
    let hasEnded = false;
    const ended = one.run(stopping.signal, {
      onStartedLeading: (signal) => {
        signal.addEventListener('abort', () => (hasEnded = true), { once: true });
        return leadUntilAborted(signal);
      },
    });
    await until(() => story.length === 1, 'it leads');
    // As after a jump of the clock. The next renewal ends it, which may come before anybody looks.
    await until(() => {
      if (!hasEnded) renewedAt?.set({ wallMs: 1, steadyMs: 1 });
      return hasEnded;
    }, 'the work ends');
    await until(() => story.length === 2, 'it leads again');
    await until(() => one.isLeader(), 'it holds the lease');
    stopping.abort();
    await ended;
  });

  test('work that fails lets the lease go and leads again', async () => {
    const one = elector();
    let tries = 0;
    const ended = one.run(stopping.signal, {
      onStartedLeading: (signal) => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error('broken')) : leadUntilAborted(signal);
      },
    });
    await until(() => story.length === 1, 'it leads again');
    expect(errors.map(({ message }) => message)).toContain('broken');
    stopping.abort();
    await ended;
  });
});
