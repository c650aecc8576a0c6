/**
 * Time as a dependency, so that tests and the simulation control it.
 * There are two kinds. `now` is a time that people read or that other machines compare, and it jumps when somebody sets the clock. Durations
 * and delays are measured by `steadyNow`.
 * Not promised: that a timer fires exactly when it is due. It never fires early by `steadyNow()`.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since an arbitrary start. They never go back, and nobody sets them; they may stand still while the machine sleeps. */
  steadyNow(): number;
  /** Calls `callback` once after `delayMs`. Returns a function that cancels the call. Delays past 24 days are cut to 24 days. */
  schedule(callback: () => void, delayMs: number): () => void;
}

/** The longest delay that a timer of the platform can hold is 2^31-1 ms. */
export const longestDelayMs = 24 * 24 * 3_600_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  steadyNow: () => performance.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), longestDelayMs));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or when the signal is aborted: for loops that look at the signal themselves. */
export async function pause(delayMs: number, options: { clock: Clock; signal: AbortSignal }): Promise<void> {
  try {
    await sleep(delayMs, options);
  } catch {
    // Only an abort ends a sleep early.
  }
}

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it is aborted. */
export function sleep(delayMs: number, { clock, signal }: { clock: Clock; signal?: AbortSignal }): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const cancel = clock.schedule(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
