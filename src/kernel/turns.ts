/**
 * Lets so many at a time; the others wait, and the first of them is next.
 *
 * Promise: whoever gives up waiting takes no turn. Caller's duty: to give back each turn, once.
 */
import type { Clock } from './clock.ts';

interface Patience {
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly limitMs: number;
  /** What is wrong after that time. */
  readonly late: () => Error;
}

export class Turns {
  #left: number;
  readonly #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#left = most;
  }

  /** Resolves with the function that gives the turn back. Rejects with the reason of the signal, or when it is late. */
  take({ signal, clock, limitMs, late }: Patience): Promise<() => void> {
    if (this.#left > 0) return Promise.resolve(this.#begin());
    return new Promise((resolve, reject) => {
      const over = (): void => {
        cancel();
        signal?.removeEventListener('abort', abort);
        this.#waiting.delete(start);
      };
      const start = (): void => {
        over();
        resolve(this.#begin());
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

  #begin(): () => void {
    this.#left -= 1;
    return () => {
      this.#left += 1;
      const [next] = this.#waiting;
      next?.();
    };
  }
}
