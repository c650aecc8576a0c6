import { beforeEach, describe, expect, test } from 'vitest';
import { createLogger, KernelError } from '../../src/kernel/index.ts';
import { PolicyWatch } from '../../src/operator/policy-watch.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('the watch over the admission policies', () => {
  let clock: ManualClock;
  let found: readonly string[] | Error;
  let changes: number;
  let looks: number;
  let watch: PolicyWatch;
  let abort: AbortController;

  beforeEach(() => {
    clock = new ManualClock();
    [found, changes, looks] = [[], 0, 0];
    abort = new AbortController();
    watch = new PolicyWatch({
      check: () => {
        looks += 1;
        return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
      },
      clock,
      log: createLogger({ level: 'silent' }),
    });
    watch.onChange(() => (changes += 1));
  });

  test('nothing is in place before it has looked', async () => {
    expect(watch.areInPlace).toBe(false);
    await watch.look(abort.signal);
    expect(watch.areInPlace).toBe(true);
    expect(changes).toBe(1);
  });

  test('a check that fails changes nothing', async () => {
    await watch.look(abort.signal);
    found = new KernelError('Server', 'x');
    await watch.look(abort.signal);
    expect(watch.areInPlace).toBe(true);
    expect(changes).toBe(1);
  });

  test('it looks every two minutes, and every ten seconds while something is missing', async () => {
    await watch.look(abort.signal);
    const ended = watch.run(abort.signal);
    await clock.advance(120_000);
    expect(looks).toBe(2);
    found = ['secretgrants.neu.ro: gone'];
    await clock.advance(120_000);
    expect(watch.problems).toEqual(found);
    found = [];
    await clock.advance(10_000);
    expect(watch.areInPlace).toBe(true);
    expect(changes).toBe(3);
    abort.abort();
    await clock.advance(0);
    await ended;
  });
});
