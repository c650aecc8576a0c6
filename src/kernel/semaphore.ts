/**
 * A semaphore: at most a fixed number of holders at a time. The others wait, and the one that has waited longest is next.
 *
 * Promise: a caller that gives up waiting holds nothing. Caller's duty: to release what it holds, once.
 */
import type { Clock } from './clock.ts';

interface AcquireOptions {
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly limitMs: number;
  /** Makes the error for a caller that has waited for `limitMs`. */
  readonly late: () => Error;
}

export class Semaphore {
  #left: number;
  readonly #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#left = most;
  }

  /** Resolves with the function that releases. Rejects with the reason of the signal, or with the error of `late`. */
  acquire({ signal, clock, limitMs, late }: AcquireOptions): Promise<() => void> {
    if (this.#left > 0) return Promise.resolve(this.#hold());
    return new Promise((resolve, reject) => {
      const over = (): void => {
        cancel();
        signal?.removeEventListener('abort', abort);
        this.#waiting.delete(start);
      };
      const start = (): void => {
        over();
        resolve(this.#hold());
      };
      const fail = (error: Error): void => {
        over();
        reject(error);
      };
      const abort = (): void =>
        fail(signal?.reason instanceof Error ? signal.reason : new Error('given up', { cause: signal?.reason }));
      const cancel = clock.schedule(() => fail(late()), limitMs);
      this.#waiting.add(start);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted === true) abort();
    });
  }

  #hold(): () => void {
    this.#left -= 1;
    return () => {
      this.#left += 1;
      const [next] = this.#waiting;
      next?.();
    };
  }
}
