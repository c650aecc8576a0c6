import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  Controller,
  KernelError,
  type ControllerOptions,
  type Outcome,
  type ReconcileResult,
} from '../../src/kernel/index.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

describe('controller', () => {
  let clock: ManualClock;
  let stopping: AbortController;
  let results: ReconcileResult[];
  let errors: Error[];
  let ended: Promise<void> | undefined;

  beforeEach(() => {
    clock = new ManualClock();
    stopping = new AbortController();
    results = [];
    errors = [];
  });
  afterEach(async () => {
    stopping.abort(new Error('stop'));
    await ended;
  });

  function start(reconcile: ControllerOptions['reconcile'], options: Partial<ControllerOptions> = {}): Controller {
    const controller = new Controller({
      name: 'test',
      reconcile,
      clock,
      onReconciled: (result) => results.push(result),
      onError: (error) => errors.push(error),
      ...options,
    });
    ended = controller.run(stopping.signal);
    return controller;
  }

  const failing = (error: Error) => (): Promise<Outcome> => Promise.reject(error);

  describe.each<
    [
      string,
      ControllerOptions['reconcile'],
      { result: ReconcileResult; again: boolean; told: boolean; failures: number },
    ]
  >([
    ['done', () => Promise.resolve('done'), { result: 'success', again: false, told: false, failures: 0 }],
    [
      'a wish to come again',
      () => Promise.resolve({ requeueAfterMs: 1_000 }),
      { result: 'requeue_after', again: true, told: false, failures: 0 },
    ],
    ['an error', failing(new Error('x')), { result: 'error', again: true, told: true, failures: 1 }],
    [
      'something thrown that is no Error',
      failing('x' as unknown as Error),
      { result: 'error', again: true, told: true, failures: 1 },
    ],
    [
      'a conflict',
      failing(new KernelError('Conflict', 'x')),
      { result: 'conflict', again: true, told: false, failures: 1 },
    ],
    [
      'a create that met another',
      failing(new KernelError('AlreadyExists', 'x')),
      { result: 'conflict', again: true, told: false, failures: 1 },
    ],
    [
      'a lost lease',
      failing(new KernelError('LeaseLost', 'x')),
      { result: 'lease_lost', again: true, told: false, failures: 1 },
    ],
    [
      'a refused request',
      failing(new KernelError('Forbidden', 'x')),
      { result: 'error', again: true, told: true, failures: 1 },
    ],
  ])('%s', (_name, reconcile, expected) => {
    test(`counts as ${expected.result}, comes again: ${String(expected.again)}, is told: ${String(expected.told)}`, async () => {
      const controller = start(reconcile);
      controller.queue.add('a');
      await clock.advance(0);
      expect(results).toEqual([expected.result]);
      expect(clock.timerCount).toBe(expected.again ? 1 : 0);
      expect(errors.length).toBe(expected.told ? 1 : 0);
      expect(controller.queue.failures('a')).toBe(expected.failures);
    });
  });

  test('conflicts that last are reported', async () => {
    const controller = start(failing(new KernelError('Conflict', 'x')));
    controller.queue.add('a');
    await clock.advance(2_000);
    expect(results.slice(0, 4)).toEqual(['conflict', 'conflict', 'conflict', 'error']);
  });

  test('what the server asked for is waited', async () => {
    const controller = start(failing(new KernelError('TooManyRequests', 'x', { retryAfterMs: 30_000 })));
    controller.queue.add('a');
    await clock.advance(29_000);
    expect(results.length).toBe(1);
    await clock.advance(1_000);
    expect(results.length).toBe(2);
  });

  test('a failure is retried until it succeeds, and then starts afresh', async () => {
    let left = 30;
    const controller = start(() => (left-- > 0 ? Promise.reject(new Error('not yet')) : Promise.resolve('done')));
    controller.queue.add('a');
    await clock.advance(3_600_000 * 3);
    expect(results.at(-1)).toBe('success');
    expect(results.length).toBe(31);
    expect(controller.queue.failures('a')).toBe(0);
  });

  test('works on several keys at once, on one key once, and on no more than it may', async () => {
    const under = new Map<string, number>();
    let most = 0;
    const finish: (() => void)[] = [];
    const controller = start(
      async (key) => {
        under.set(key, (under.get(key) ?? 0) + 1);
        expect(under.get(key)).toBe(1);
        most = Math.max(
          most,
          [...under.values()].reduce((sum, each) => sum + each, 0),
        );
        await new Promise<void>((resolve) => finish.push(resolve));
        under.set(key, 0);
        return 'done';
      },
      { concurrency: 3 },
    );
    for (let round = 0; round < 4; round += 1) {
      for (const key of ['a', 'b', 'c', 'd', 'e']) controller.queue.add(key);
      await settle();
      for (const each of finish.splice(0)) each();
      await settle();
    }
    while (finish.length > 0) {
      for (const each of finish.splice(0)) each();
      await settle();
    }
    expect(most).toBe(3);
    expect(controller.queue.depth).toBe(0);
  });

  test('every reconcile has an identity of its own and the signal of the run', async () => {
    const seen: string[] = [];
    const controller = start((_key, { reconcileId, signal }) => {
      seen.push(reconcileId);
      expect(signal).toBe(stopping.signal);
      return Promise.resolve('done');
    });
    controller.queue.add('a');
    await settle();
    controller.queue.add('a');
    await settle();
    expect(new Set(seen).size).toBe(2);
  });

  test('run ends when the reconciles under way have ended, and takes no more', async () => {
    let finish: () => void = () => undefined;
    let isOver = false;
    const controller = start(() => new Promise<Outcome>((resolve) => (finish = () => resolve('done'))));
    void ended?.then(() => (isOver = true));
    controller.queue.add('a');
    await settle();
    stopping.abort(new Error('stop'));
    controller.queue.add('b');
    await settle();
    expect(isOver).toBe(false);
    finish();
    await settle();
    expect(isOver).toBe(true);
    expect(results).toEqual(['success']);
  });

  test('a reconcile that the stop cuts off counts as stopped, and is not reported', async () => {
    const controller = start(
      (_key, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut off')))),
    );
    controller.queue.add('a');
    await settle();
    stopping.abort(new Error('stop'));
    await ended;
    expect([results, errors]).toEqual([['stopped'], []]);
  });

  test('run ends at once when it is aborted beforehand', async () => {
    stopping.abort(new Error('stop'));
    start(() => Promise.resolve('done'));
    await expect(ended).resolves.toBeUndefined();
  });

  test('a failure that is returned counts as one that is thrown, and its own time to look again holds too', async () => {
    let calls = 0;
    const controller = start(() => {
      calls += 1;
      return Promise.resolve({ failed: new Error('x'), requeueAfterMs: 5 });
    });
    controller.queue.add('a');
    await clock.advance(0);
    expect(results).toEqual(['error']);
    expect(controller.queue.failures('a')).toBe(1);
    await clock.advance(5);
    expect(calls).toBe(2);
  });

  test('a success after failures brings the other failing keys back at once', async () => {
    let isDown = true;
    const done: string[] = [];
    const controller = start((key) => {
      if (isDown) return Promise.reject(new KernelError('Server', 'x'));
      done.push(key);
      return Promise.resolve('done');
    });
    for (const key of ['x/a', 'y/b', 'z/c']) controller.queue.add(key);
    await clock.advance(60_000);
    isDown = false;
    controller.queue.add('x/a');
    await clock.advance(0);
    expect(done.sort()).toEqual(['x/a', 'y/b', 'z/c']);
  });
});
