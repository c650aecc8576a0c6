/**
 * Limits how often the same desired state is written while something else keeps reverting it: a mutating policy, or another
 * controller. Without a limit the two write as fast as the API server lets them. A new desired state resets the count.
 */
import type { Clock, ObjectKey } from '../kernel/index.ts';

/** Writes of one desired state within `windowMs`; normal use stays far below. */
export const mostRepairs = 10;
const windowMs = 60_000;

interface Writes {
  /** The desired state, as text. */
  readonly desired: string;
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
  waitMs(key: ObjectKey, desired: string): number {
    const times = this.#timesOf(key, desired);
    const [oldest = -Infinity] = times;
    return times.length < mostRepairs ? 0 : Math.max(0, oldest + windowMs - this.#clock.steadyNow());
  }

  wrote(key: ObjectKey, desired: string): void {
    const times = [...this.#timesOf(key, desired), this.#clock.steadyNow()].slice(-mostRepairs);
    this.#writes.set(key, { desired, times });
  }

  forget(key: ObjectKey): void {
    this.#writes.delete(key);
  }

  #timesOf(key: ObjectKey, desired: string): readonly number[] {
    const writes = this.#writes.get(key);
    return writes?.desired === desired ? writes.times : [];
  }
}
