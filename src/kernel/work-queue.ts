/**
 * A queue of keys that need work.
 *
 * Promises: a key is handed to one worker at a time; a key added while it waits is there once; a key added while it is
 * worked on comes again after `done`; keys of the `change` lane are handed out before keys of the `resync` lane, and a
 * key that waits in `resync` moves up when it is added as a change; backoff is a key's own and never gives up.
 * Not promised: an order between keys of one lane beyond first in, first out.
 */
import { backoffDelayMs, type Backoff } from './backoff.ts';
import { systemClock, type Clock } from './clock.ts';
import type { ObjectKey } from './objects.ts';

export type Lane = 'change' | 'resync';

const defaultBackoff: Backoff = { baseMs: 50, limitMs: 300_000 };

export interface WorkQueueOptions {
  readonly clock?: Clock;
  readonly backoff?: Backoff;
  readonly random?: () => number;
}

export interface WorkItem {
  readonly key: ObjectKey;
  readonly lane: Lane;
  /** How long it waited since it was added or fell due. */
  readonly waitedMs: number;
}

export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #random: () => number;
  /** Invariant: a key is in at most one lane; a Map keeps the order of insertion. Value: when it was added. */
  readonly #lanes: Readonly<Record<Lane, Map<ObjectKey, number>>> = { change: new Map(), resync: new Map() };
  /** Keys that a worker holds, since when, and the lane in which the key was added again meanwhile. */
  readonly #working = new Map<ObjectKey, { readonly sinceMs: number; again: Lane | undefined }>();
  /** Delayed keys: at most one timer a key, the earliest that was asked for. */
  readonly #delayed = new Map<ObjectKey, { readonly dueMs: number; readonly cancel: () => void }>();
  readonly #failures = new Map<ObjectKey, number>();
  readonly #takers: ((item: WorkItem | undefined) => void)[] = [];
  #addsTotal = 0;
  #retriesTotal = 0;
  #closed = false;

  constructor(options: WorkQueueOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#backoff = options.backoff ?? defaultBackoff;
    this.#random = options.random ?? Math.random;
  }

  /** Keys that wait for a worker now. */
  get depth(): number {
    return this.#lanes.change.size + this.#lanes.resync.size;
  }

  get workingCount(): number {
    return this.#working.size;
  }

  get delayedCount(): number {
    return this.#delayed.size;
  }

  /** Calls of `add` that were not coalesced with one before, since the start. */
  get addsTotal(): number {
    return this.#addsTotal;
  }

  /** Calls of `retry` since the start. */
  get retriesTotal(): number {
    return this.#retriesTotal;
  }

  /** How long the work under way has taken. */
  get unfinishedWorkMs(): { readonly sum: number; readonly longest: number } {
    const now = this.#clock.now();
    const durations = [...this.#working.values()].map(({ sinceMs }) => now - sinceMs);
    return { sum: durations.reduce((sum, each) => sum + each, 0), longest: Math.max(0, ...durations) };
  }

  /** Milliseconds that the oldest waiting key has waited; 0 when none waits. */
  get oldestWaitMs(): number {
    const now = this.#clock.now();
    const heads = Object.values(this.#lanes).map((lane) => lane.values().next().value ?? now);
    return now - Math.min(...heads);
  }

  add(key: ObjectKey, lane: Lane = 'change'): void {
    if (this.#closed) return;
    const working = this.#working.get(key);
    if (working !== undefined) {
      if (working.again === undefined) this.#addsTotal += 1;
      if (working.again !== 'change') working.again = lane;
      return;
    }
    if (this.#lanes.change.has(key)) return;
    if (lane === 'resync') {
      if (this.#lanes.resync.has(key)) return;
      this.#lanes.resync.set(key, this.#clock.now());
      this.#addsTotal += 1;
    } else {
      if (!this.#lanes.resync.delete(key)) this.#addsTotal += 1;
      this.#lanes.change.set(key, this.#clock.now());
    }
    this.#hand();
  }

  /** Adds the key when `delayMs` has passed, unless an earlier delay of it is set already. */
  addAfter(key: ObjectKey, delayMs: number): void {
    if (this.#closed) return;
    const dueMs = this.#clock.now() + delayMs;
    const existing = this.#delayed.get(key);
    if (existing !== undefined && existing.dueMs <= dueMs) return;
    existing?.cancel();
    const cancel = this.#clock.schedule(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, delayMs);
    this.#delayed.set(key, { dueMs, cancel });
  }

  /** After a failure: adds the key again, later each time, and not before `atLeastMs`. Answers the delay. */
  retry(key: ObjectKey, atLeastMs = 0): number {
    const attempt = this.#failures.get(key) ?? 0;
    this.#failures.set(key, attempt + 1);
    this.#retriesTotal += 1;
    const delayMs = Math.max(atLeastMs, backoffDelayMs(this.#backoff, attempt, this.#random));
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** How often the key failed since it last succeeded. */
  failures(key: ObjectKey): number {
    return this.#failures.get(key) ?? 0;
  }

  /** After a success: the next failure starts from the shortest delay. */
  forget(key: ObjectKey): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one; undefined when the queue is closed. Pair it with `done`. */
  take(): Promise<WorkItem | undefined> {
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#hand();
    });
  }

  done(key: ObjectKey): void {
    const again = this.#working.get(key)?.again;
    this.#working.delete(key);
    if (again === undefined) return;
    // Counted when it was added.
    this.#addsTotal -= 1;
    this.add(key, again);
  }

  /** Ends all waiting `take`s with undefined and drops what waits. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#lanes.change.clear();
    this.#lanes.resync.clear();
    this.#hand();
  }

  #hand(): void {
    while (this.#takers.length > 0) {
      const item = this.#closed ? undefined : this.#next();
      if (item === undefined && !this.#closed) return;
      this.#takers.shift()?.(item);
    }
  }

  #next(): WorkItem | undefined {
    for (const lane of ['change', 'resync'] as const) {
      for (const [key, addedMs] of this.#lanes[lane]) {
        this.#lanes[lane].delete(key);
        const now = this.#clock.now();
        this.#working.set(key, { sinceMs: now, again: undefined });
        return { key, lane, waitedMs: now - addedMs };
      }
    }
    return undefined;
  }
}
