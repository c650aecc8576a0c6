import { describe, expect, it } from 'vitest';
import { untilAborted, whenAborted } from '../../src/kernel/abort.ts';
import { pause } from '../../src/kernel/clock.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new Promise<never>(() => undefined);

describe('work beside a signal', () => {
  it('settles as the work does while the signal is not aborted', async () => {
    const { signal } = new AbortController();
    await expect(untilAborted(Promise.resolve('done'), signal)).resolves.toBe('done');
    await expect(untilAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
  });

  it('rejects with the reason as soon as the signal is aborted, or at once if it is', async () => {
    const abort = new AbortController();
    const result = untilAborted(never, abort.signal);
    abort.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    await expect(untilAborted(never, abort.signal)).rejects.toThrow('enough');
  });
});

describe('waiting for a signal', () => {
  it('ends when the signal is aborted, or at once if it is', async () => {
    const abort = new AbortController();
    const result = whenAborted(abort.signal);
    abort.abort();
    await expect(result).resolves.toBeUndefined();
    await expect(whenAborted(abort.signal)).resolves.toBeUndefined();
  });
});

describe('a pause', () => {
  it('ends after its delay', async () => {
    const clock = new ManualClock();
    const result = pause(1_000, { clock, signal: new AbortController().signal });
    await clock.advance(1_000);
    await expect(result).resolves.toBeUndefined();
  });

  it('ends without an error when the signal is aborted, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const result = pause(1_000, { clock, signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(result).resolves.toBeUndefined();
    expect(clock.timerCount).toBe(0);
  });
});
