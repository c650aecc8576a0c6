/**
 * Limits how often the same desired state is written while something else keeps reverting it: a mutating policy, or another
 * controller. Without a limit the two write as fast as the API server lets them. A new desired state resets the count.
 */
import { createHash } from 'node:crypto';
import type { Clock, ObjectKey } from '../kernel/index.ts';

/** Writes of one desired state within `windowMs`; normal use stays far below. */
export const mostRepairs = 10;
const windowMs = 60_000;

interface Writes {
  /** A hash of the desired state: a grant to a group with a thousand homes has a text of 100 KiB. */
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
    this.#writes.set(key, { desired: hashOf(desired), times });
  }

  forget(key: ObjectKey): void {
    this.#writes.delete(key);
  }

  #timesOf(key: ObjectKey, desired: string): readonly number[] {
    const writes = this.#writes.get(key);
    return writes !== undefined && writes.desired === hashOf(desired) ? writes.times : [];
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
