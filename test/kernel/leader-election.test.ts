import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  KernelError,
  KubeClient,
  LeaderElector,
  isKernelError,
  leases,
  type Lease,
  type LeaderElectorOptions,
  type LeadingCallbacks,
} from '../../src/kernel/index.ts';
import { InProcessTransport, type Interception } from '../support/in-process-transport.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { ModelApi } from '../support/model-api.ts';

const ref = { namespace: 'system', name: 'operator' };

interface Contender {
  readonly elector: LeaderElector;
  /** What happened to it, in order. */
  readonly story: string[];
  readonly errors: Error[];
  readonly work: () => AbortSignal | undefined;
  readonly transport: InProcessTransport;
  net: Interception;
  stop(): Promise<void>;
}

describe('leader election', () => {
  let clock: ManualClock;
  let model: ModelApi;
  let running: Contender[];

  beforeEach(() => {
    clock = new ManualClock();
    model = new ModelApi();
    running = [];
  });
  afterEach(async () => {
    for (const contender of running) void contender.stop();
    await clock.advance(60_000);
  });

  function contend(
    identity: string,
    { onStartedLeading, ...options }: Partial<LeaderElectorOptions & LeadingCallbacks> = {},
  ): Contender {
    const story: string[] = [];
    const errors: Error[] = [];
    let work: AbortSignal | undefined;
    const stopping = new AbortController();
    const intercept = ({ method }: { readonly method: string }): Interception =>
      contender.net === 'lost' && method === 'GET' ? 'pass' : contender.net;
    const transport = new InProcessTransport({ model, intercept });
    const elector = new LeaderElector({
      client: new KubeClient({ transport }),
      ...ref,
      identity,
      clock,
      steadyNow: clock.steadyNow,
      random: () => 0,
      onError: (error) => errors.push(error),
      ...options,
    });
    const ended = elector.run(stopping.signal, {
      onStartedLeading:
        onStartedLeading ??
        ((signal) => {
          story.push('started');
          work = signal;
          signal.addEventListener('abort', () => story.push('aborted'));
        }),
      onStoppedLeading: () => story.push('stopped'),
    });
    const contender: Contender = {
      elector,
      story,
      errors,
      work: () => work,
      transport,
      net: 'pass',
      stop: () => {
        stopping.abort(new Error('stop'));
        return ended;
      },
    };
    running.push(contender);
    return contender;
  }

  const lease = (): Lease | undefined => model.get(leases, ref);

  test('the first of two leads, and the other stands by', async () => {
    const [a, b] = [contend('a'), contend('b')];
    await clock.advance(60_000);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
    expect([a.elector.role, b.elector.role]).toEqual(['leader', 'standby']);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(a.story).toEqual(['started']);
    expect(b.story).toEqual([]);
  });

  test('never do two lead at one moment, whatever the network does', async () => {
    const contenders = [contend('a'), contend('b'), contend('c')];
    let seed = 1;
    for (let step = 0; step < 600; step += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      const chosen = contenders[seed % 3];
      if (chosen !== undefined) {
        const nets: readonly Interception[] = ['pass', 'pass', 'hang', 'lost', new KernelError('Network', 'gone')];
        chosen.net = nets[(seed >> 8) % nets.length] ?? 'pass';
      }
      await clock.advance(700);
      expect(contenders.filter(({ elector }) => elector.isLeader()).length).toBeLessThanOrEqual(1);
    }
    expect(contenders.flatMap(({ story }) => story).filter((word) => word === 'started').length).toBeGreaterThan(3);
  });

  test('a clean stop releases the lease, and the next process leads at once', async () => {
    const a = contend('a');
    await clock.advance(5_000);
    const stopped = a.stop();
    await clock.advance(0);
    await stopped;
    expect(a.story).toEqual(['started', 'aborted', 'stopped']);
    expect(lease()?.spec?.holderIdentity).toBeUndefined();
    const b = contend('b');
    await clock.advance(0);
    expect(b.elector.isLeader()).toBe(true);
    expect(lease()?.spec?.leaseTransitions).toBe(1);
  });

  test('a clean stop releases the lease also where the response to a renewal was lost', async () => {
    const a = contend('a');
    await clock.advance(1_000);
    a.net = 'lost';
    await clock.advance(1_500);
    a.net = 'pass';
    const stopped = a.stop();
    await clock.advance(0);
    await stopped;
    expect(lease()?.spec?.holderIdentity).toBeUndefined();
  });

  test('the lease is released only after the work has ended, and writes until then are allowed', async () => {
    let finish: () => void = () => undefined;
    const a = contend('a', { onStartedLeading: () => new Promise<void>((resolve) => (finish = resolve)) });
    await clock.advance(5_000);
    const stopped = a.stop();
    await clock.advance(1_000);
    expect(a.elector.guard()).not.toThrow();
    expect(lease()?.spec?.holderIdentity).toBe('a');
    finish();
    await clock.advance(0);
    await stopped;
    expect(lease()?.spec?.holderIdentity).toBeUndefined();
    expect(a.elector.guard()).toThrow(KernelError);
  });

  test('work that does not end keeps the lease from being released, never from running out', async () => {
    let finish: () => void = () => undefined;
    const a = contend('a', { onStartedLeading: () => new Promise<void>((resolve) => (finish = resolve)) });
    await clock.advance(5_000);
    void a.stop();
    await clock.advance(10_000);
    expect(a.elector.isLeader()).toBe(false);
    expect(lease()?.spec?.holderIdentity).toBe('a');
    finish();
    await clock.advance(0);
  });

  test('a leader without an answer stops before the other may take the lease', async () => {
    const [a, b] = [contend('a'), contend('b')];
    await clock.advance(20_000);
    a.net = 'hang';
    await clock.advance(10_000);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([false, false]);
    expect(a.work()?.aborted).toBe(true);
    expect(isKernelError(a.work()?.reason, 'LeaseLost')).toBe(true);
    await clock.advance(10_000);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([false, true]);
  });

  test('a lease that is seen in other hands is given up at once', async () => {
    const a = contend('a');
    await clock.advance(5_000);
    model.put(leases, {
      ...lease(),
      metadata: { ...ref },
      spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 },
    });
    await clock.advance(2_000);
    expect(a.elector.isLeader()).toBe(false);
    expect(a.story).toEqual(['started', 'aborted', 'stopped']);
    await clock.advance(20_000);
    expect(a.story).toEqual(['started', 'aborted', 'stopped', 'started']);
  });

  test('a lease that was deleted is made again by its leader', async () => {
    const a = contend('a');
    await clock.advance(5_000);
    model.remove(leases, ref);
    await clock.advance(2_000);
    expect(lease()?.spec?.holderIdentity).toBe('a');
    expect(a.story).toEqual(['started']);
  });

  test('writes after the lease is lost are refused before they are sent', async () => {
    const a = contend('a');
    await clock.advance(5_000);
    const transport = new InProcessTransport({ model });
    const client = new KubeClient({ transport, beforeWrite: a.elector.guard() });
    await client.patch(leases, ref, { metadata: { labels: { a: 'b' } } });
    a.net = 'hang';
    await clock.advance(10_001);
    const sent = transport.requests.length;
    const writes: readonly (() => Promise<unknown>)[] = [
      () => client.create(leases, { metadata: { ...ref } }),
      () => client.apply(leases, { metadata: { ...ref } }, { fieldManager: 'x' }),
      () => client.replace(leases, { metadata: { ...ref } }),
      () => client.patch(leases, ref, {}),
      () => client.delete(leases, ref),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'LeaseLost' });
    expect(transport.requests.length).toBe(sent);
    await expect(client.get(leases, ref)).resolves.toBeDefined();
  });

  describe.each([
    ['a clock set forward', (): void => clock.jump(3_600_000)],
    ['a clock set back', (): void => clock.jump(-3_600_000)],
  ])('%s', (_name, jump) => {
    test('does not let a standby take a lease that is renewed', async () => {
      const [a, b] = [contend('a'), contend('b')];
      await clock.advance(20_000);
      jump();
      for (let second = 0; second < 30; second += 1) {
        await clock.advance(1_000);
        expect(b.story).toEqual([]);
      }
      expect(a.elector.isLeader()).toBe(true);
    });

    test('does not keep a leader leading that cannot renew', async () => {
      const [a, b] = [contend('a'), contend('b')];
      await clock.advance(20_000);
      a.net = 'hang';
      jump();
      await clock.advance(10_000);
      expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([false, false]);
    });
  });

  test('a process that was stopped for a while does not believe that it leads when it continues', async () => {
    const a = contend('a');
    await clock.advance(20_000);
    clock.stall(10_000);
    expect(a.elector.isLeader()).toBe(false);
    expect(a.elector.guard()).toThrow(KernelError);
  });

  test('a machine that slept, its steady clock with it, does not believe that it leads', async () => {
    const a = contend('a');
    await clock.advance(20_000);
    clock.jump(60_000);
    expect(a.elector.isLeader()).toBe(false);
  });

  test("times written by another's clock decide nothing", async () => {
    const spec = { holderIdentity: 'old', leaseDurationSeconds: 15, renewTime: '2001-01-01T00:00:00.000000Z' };
    model.put(leases, { metadata: { ...ref }, spec });
    const a = contend('a');
    await clock.advance(14_000);
    expect(a.elector.isLeader()).toBe(false);
    await clock.advance(4_000);
    expect(a.elector.isLeader()).toBe(true);
  });

  test("a holder's own, longer duration is kept", async () => {
    model.put(leases, { metadata: { ...ref }, spec: { holderIdentity: 'old', leaseDurationSeconds: 60 } });
    const a = contend('a');
    await clock.advance(58_000);
    expect(a.elector.isLeader()).toBe(false);
    await clock.advance(4_000);
    expect(a.elector.isLeader()).toBe(true);
  });

  test('a lease left by a former process of the same name is waited out', async () => {
    model.put(leases, { metadata: { ...ref }, spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } });
    const a = contend('a');
    await clock.advance(10_000);
    expect(a.elector.isLeader()).toBe(false);
  });

  test('a lease left by a former elector of the same process is renewed at once', async () => {
    const spec = { holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime: 'then', leaseTransitions: 3 };
    model.put(leases, { metadata: { ...ref }, spec });
    const a = contend('a', { isSuccessor: true });
    await clock.advance(0);
    expect(a.elector.isLeader()).toBe(true);
    expect(lease()?.spec).toMatchObject({ acquireTime: 'then', leaseTransitions: 3 });
  });

  test('a lease that another took from a former elector of the same process is waited out', async () => {
    model.put(leases, { metadata: { ...ref }, spec: { holderIdentity: 'b', leaseDurationSeconds: 15 } });
    const a = contend('a', { isSuccessor: true });
    await clock.advance(14_000);
    expect([a.elector.isLeader(), lease()?.spec?.holderIdentity]).toEqual([false, 'b']);
    await clock.advance(4_000);
    expect(a.elector.isLeader()).toBe(true);
  });

  test('a lease that we got without learning of it is ours with the next try', async () => {
    const a = contend('a');
    a.net = 'lost';
    await clock.advance(0);
    expect(lease()?.spec?.holderIdentity).toBe('a');
    expect(a.elector.isLeader()).toBe(false);
    a.net = 'pass';
    await clock.advance(2_000);
    expect(a.elector.isLeader()).toBe(true);
  });

  test('work that fails releases the lease, and is reported', async () => {
    const a = contend('a', { onStartedLeading: () => Promise.reject(new Error('broken')) });
    const b = contend('b');
    await clock.advance(0);
    expect(a.errors.map(({ message }) => message)).toEqual(['broken']);
    await clock.advance(2_000);
    expect(b.elector.isLeader()).toBe(true);
    expect(b.errors).toEqual([]);
  });

  test('a failing API server never ends the contest', async () => {
    const a = contend('a');
    a.net = new KernelError('Server', 'down');
    await clock.advance(600_000);
    expect(a.elector.role).toBe('unknown');
    expect(a.errors.length).toBeGreaterThan(100);
    a.net = 'pass';
    await clock.advance(2_000);
    expect(a.elector.isLeader()).toBe(true);
  });

  test('labels that others put on the lease stay', async () => {
    contend('a');
    await clock.advance(0);
    model.put(leases, { ...lease(), metadata: { ...ref, labels: { team: 'x' } } });
    await clock.advance(10_000);
    expect(lease()?.metadata.labels).toEqual({ team: 'x' });
  });

  test.each([
    ['a deadline past the duration', { renewDeadlineMs: 15_000 }],
    ['a period past the deadline', { retryPeriodMs: 9_000 }],
  ])('refuses %s', (_name, options) => {
    expect(() => contend('a', options)).toThrow(RangeError);
  });

  test('leaves no timer behind', async () => {
    const a = contend('a');
    await clock.advance(30_000);
    const stopped = a.stop();
    await clock.advance(0);
    await stopped;
    await settle();
    expect(clock.timerCount).toBe(0);
  });
});
