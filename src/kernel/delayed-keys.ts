/**
 * Keys that come back later.
 *
 * Promises: a key has at most one timer, the earliest that was asked for. The timer is dropped before the callback runs, so that the callback can
 * set another.
 */
import type { Cause, Lane } from './causes.ts';
import type { Clock } from './clock.ts';
import type { ObjectKey } from './objects.ts';

/** Keys that one `hurryRetries` brings forward: a bound on the burst when an outage ends. */
const mostHurried = 256;

interface Delay {
  readonly cause: Cause;
  readonly lane: Lane;
  /** The server asked for this delay: it is not shortened. */
  readonly isAsked: boolean;
}

export class DelayedKeys {
  readonly #clock: Clock;
  readonly #onDue: (key: ObjectKey, cause: Cause, lane: Lane) => void;
  readonly #delays = new Map<ObjectKey, Delay & { readonly dueMs: number; readonly cancel: () => void }>();

  constructor(clock: Clock, onDue: (key: ObjectKey, cause: Cause, lane: Lane) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  set(key: ObjectKey, delayMs: number, delay: Delay): void {
    const dueMs = this.#clock.steadyNow() + delayMs;
    const existing = this.#delays.get(key);
    if (existing !== undefined && existing.dueMs <= dueMs) return;
    existing?.cancel();
    const cancel = this.#clock.schedule(() => this.#fire(key, delay), delayMs);
    this.#delays.set(key, { ...delay, dueMs, cancel });
  }

  /** Makes waiting retries due now, except those whose delay the server asked for. */
  hurryRetries(): void {
    let left = mostHurried;
    for (const [key, delay] of this.#delays) {
      if (delay.cause !== 'retry' || delay.isAsked) continue;
      if (left === 0) return;
      left -= 1;
      delay.cancel();
      this.#fire(key, delay);
    }
  }

  /** Drops the key's retry; a timer for another cause stays. */
  dropRetry(key: ObjectKey): void {
    const delay = this.#delays.get(key);
    if (delay?.cause !== 'retry') return;
    delay.cancel();
    this.#delays.delete(key);
  }

  clear(): void {
    for (const { cancel } of this.#delays.values()) cancel();
    this.#delays.clear();
  }

  #fire(key: ObjectKey, { cause, lane }: Delay): void {
    this.#delays.delete(key);
    this.#onDue(key, cause, lane);
  }
}
