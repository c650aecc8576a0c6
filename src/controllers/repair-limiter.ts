/**
 * Bounds how often one and the same thing is written that something else keeps changing: a mutating policy, or another
 * controller that wants it otherwise. Without a bound the two of them write as fast as the API server lets them. Whoever
 * wishes for something new starts from nothing.
 */
import type { Clock, ObjectKey } from '../kernel/index.ts';

/** So often within `windowMs` is the same written at once. People and their tools stay far below. */
export const mostRepairs = 10;
const windowMs = 60_000;

interface Writes {
  /** What is wanted, as text. */
  readonly wish: string;
  /** When it was written, the latest `mostRepairs` times. */
  readonly times: readonly number[];
}

export class RepairLimiter {
  readonly #clock: Clock;
  readonly #writes = new Map<ObjectKey, Writes>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until it may be written again; 0 = now. */
  waitMs(key: ObjectKey, wish: string): number {
    const times = this.#timesOf(key, wish);
    const [oldest = -Infinity] = times;
    return times.length < mostRepairs ? 0 : Math.max(0, oldest + windowMs - this.#clock.now());
  }

  wrote(key: ObjectKey, wish: string): void {
    const times = [...this.#timesOf(key, wish), this.#clock.now()].slice(-mostRepairs);
    this.#writes.set(key, { wish, times });
  }

  forget(key: ObjectKey): void {
    this.#writes.delete(key);
  }

  #timesOf(key: ObjectKey, wish: string): readonly number[] {
    const writes = this.#writes.get(key);
    return writes?.wish === wish ? writes.times : [];
  }
}
