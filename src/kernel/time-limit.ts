/** A time limit, by an injected clock, for work that a signal can end. */
import type { Clock } from './clock.ts';

interface TimeLimit {
  readonly limitMs: number;
  readonly clock: Clock;
  /** Ends the work too. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` with a signal that is aborted after `limitMs`, with a `TimeoutError`, or with `signal`.
 * Not promised: that work which does not look at its signal ends.
 */
export async function withTimeLimit<T>(
  { limitMs, clock, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const expire = (): void => limit.abort(new DOMException('no answer in time', 'TimeoutError'));
  const cancel = clock.schedule(expire, limitMs);
  try {
    return await work(signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]));
  } finally {
    cancel();
  }
}
