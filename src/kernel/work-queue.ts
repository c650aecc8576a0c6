/**
 * A queue of keys that need work.
 *
 * Promises: a key is handed to one worker at a time; a key added while it waits is there once; a key added while it is
 * worked on comes again after `done`; groups of keys (namespaces) take turns within a lane, and one group holds a bounded
 * number of workers; keys of the lane `change` come before keys of the lane `background`, except for every
 * `backgroundTurn`th turn, so that neither starves; a key in `background` moves up when it is added as a change; each
 * item says why it was added; backoff is a key's own and never gives up.
 * Not promised: an order between keys of different groups beyond the turns.
 */
import { backoffDelayMs, type Backoff } from './backoff.ts';
import { laneOf, stronger, type Cause, type Lane } from './causes.ts';
import { systemClock, type Clock } from './clock.ts';
import { DelayedKeys } from './delayed-keys.ts';
import { FairLane } from './fair-lane.ts';
import type { ObjectKey } from './objects.ts';

/** `limitMs` bounds how long a failing key waits for its next try, so that it recovers soon after the cause is gone. */
const defaultBackoff: Backoff = { baseMs: 50, limitMs: 30_000 };
/** The lane `background` comes first once in this number of turns. */
const backgroundTurn = 4;

interface WorkQueueOptions {
  readonly clock?: Clock;
  readonly backoff?: Backoff;
  readonly random?: () => number;
  /** Workers that one group may hold at a time; by default no bound. */
  readonly mostPerGroup?: number;
}

export interface WorkItem {
  readonly key: ObjectKey;
  readonly lane: Lane;
  readonly cause: Cause;
  /** How long it waited since it was added or fell due. */
  readonly waitedMs: number;
  /** When it was added or fell due, by the steady clock. */
  readonly addedMs: number;
}

interface Waiting {
  readonly addedMs: number;
  readonly cause: Cause;
}

interface DelayOptions {
  readonly cause?: Cause;
  /** By default the lane of the cause: `change` for a change or a retry, else `background`. */
  readonly lane?: Lane;
}

export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #random: () => number;
  readonly #mostPerGroup: number;
  /** Invariant: a key is in at most one lane. */
  readonly #lanes: Readonly<Record<Lane, FairLane<Waiting>>>;
  /** Keys that a worker holds, since when, and why the key was added again meanwhile. */
  readonly #working = new Map<ObjectKey, { readonly sinceMs: number; again: Required<DelayOptions> | undefined }>();
  /** Workers that each group holds; no group with none. */
  readonly #held = new Map<string, number>();
  readonly #delayed: DelayedKeys;
  readonly #failures = new Map<ObjectKey, number>();
  readonly #takers: ((item: WorkItem | undefined) => void)[] = [];
  #turns = 0;
  #addsTotal = 0;
  #retriesTotal = 0;
  #heldBackTotal = 0;
  #closed = false;

  constructor(options: WorkQueueOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#backoff = options.backoff ?? defaultBackoff;
    this.#random = options.random ?? Math.random;
    this.#mostPerGroup = options.mostPerGroup ?? Infinity;
    this.#delayed = new DelayedKeys(this.#clock, (key, cause, lane) => this.add(key, cause, lane));
    this.#lanes = { change: new FairLane(groupOf), background: new FairLane(groupOf) };
  }

  /** Keys that wait for a worker now. */
  get depth(): number {
    return this.#lanes.change.size + this.#lanes.background.size;
  }

  get workingCount(): number {
    return this.#working.size;
  }

  /** Calls of `add` that were not coalesced with one before, since the start. */
  get addsTotal(): number {
    return this.#addsTotal;
  }

  /** Calls of `retry` since the start. */
  get retriesTotal(): number {
    return this.#retriesTotal;
  }

  /** How often a free worker waited because every group with keys held its share, since the start. */
  get heldBackTotal(): number {
    return this.#heldBackTotal;
  }

  /** How long the work under way has taken. */
  get unfinishedWorkMs(): { readonly sum: number; readonly longest: number } {
    const now = this.#clock.steadyNow();
    const durations = [...this.#working.values()].map(({ sinceMs }) => now - sinceMs);
    return { sum: durations.reduce((sum, each) => sum + each, 0), longest: Math.max(0, ...durations) };
  }

  /** Milliseconds that the oldest waiting key has waited; 0 when none waits. */
  get oldestWaitMs(): number {
    const now = this.#clock.steadyNow();
    let oldestMs = now;
    for (const lane of Object.values(this.#lanes)) {
      for (const { addedMs } of lane.heads()) oldestMs = Math.min(oldestMs, addedMs);
    }
    return now - oldestMs;
  }

  add(key: ObjectKey, cause: Cause = 'change', lane: Lane = laneOf(cause)): void {
    if (this.#closed) return;
    const working = this.#working.get(key);
    if (working !== undefined) {
      const { again } = working;
      if (again === undefined) this.#addsTotal += 1;
      working.again = {
        cause: again === undefined ? cause : stronger(again.cause, cause),
        lane: again?.lane === 'change' ? 'change' : lane,
      };
      return;
    }
    const inChange = this.#lanes.change.get(key);
    if (inChange !== undefined) {
      this.#lanes.change.set(key, { ...inChange, cause: stronger(inChange.cause, cause) });
      return;
    }
    const inBackground = this.#lanes.background.get(key);
    if (inBackground === undefined) this.#addsTotal += 1;
    const added = { addedMs: this.#clock.steadyNow(), cause };
    const waiting =
      inBackground === undefined ? added : { ...inBackground, cause: stronger(inBackground.cause, cause) };
    if (lane === 'change') {
      this.#lanes.background.delete(key);
      this.#lanes.change.set(key, { ...added, cause: waiting.cause });
    } else {
      this.#lanes.background.set(key, waiting);
    }
    this.#hand();
  }

  /** Adds the key when `delayMs` has passed, unless an earlier delay of it is set already. */
  addAfter(key: ObjectKey, delayMs: number, { cause = 'timer', lane = laneOf(cause) }: DelayOptions = {}): void {
    if (!this.#closed) this.#delayed.set(key, delayMs, { cause, lane, isAsked: false });
  }

  /** After a failure: adds the key again, later each time, and not before `atLeastMs`. Returns the delay. */
  retry(key: ObjectKey, atLeastMs = 0, lane: Lane = 'change'): number {
    const attempt = this.#failures.get(key) ?? 0;
    this.#failures.set(key, attempt + 1);
    this.#retriesTotal += 1;
    const delayMs = Math.max(atLeastMs, backoffDelayMs(this.#backoff, attempt, this.#random));
    if (!this.#closed) this.#delayed.set(key, delayMs, { cause: 'retry', lane, isAsked: atLeastMs > 0 });
    return delayMs;
  }

  /** Brings keys that wait after a failure forward: something that failed has just succeeded. */
  hurryRetries(): void {
    this.#delayed.hurryRetries();
  }

  /** How often the key failed since it last succeeded. */
  failures(key: ObjectKey): number {
    return this.#failures.get(key) ?? 0;
  }

  /** After a success: the next failure starts from the shortest delay, and a retry that waits is not needed. */
  forget(key: ObjectKey): void {
    this.#failures.delete(key);
    this.#delayed.dropRetry(key);
  }

  /** The next key, as soon as there is one; undefined when the queue is closed. Pair it with `done`. */
  take(): Promise<WorkItem | undefined> {
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#hand();
    });
  }

  done(key: ObjectKey): void {
    const working = this.#working.get(key);
    if (working === undefined) return;
    this.#working.delete(key);
    const group = groupOf(key);
    const held = (this.#held.get(group) ?? 0) - 1;
    if (held > 0) this.#held.set(group, held);
    else this.#held.delete(group);
    if (working.again === undefined) {
      // Its group may now take one more worker.
      this.#hand();
      return;
    }
    // It was counted when it was added, and `add` counts it again.
    this.#addsTotal -= 1;
    this.add(key, working.again.cause, working.again.lane);
  }

  /** Ends all waiting `take`s with undefined and drops what waits. */
  close(): void {
    this.#closed = true;
    this.#delayed.clear();
    this.#lanes.change.clear();
    this.#lanes.background.clear();
    this.#hand();
  }

  #hand(): void {
    while (this.#takers.length > 0) {
      const item = this.#closed ? undefined : this.#next();
      if (item === undefined && !this.#closed) {
        if (this.depth > 0) this.#heldBackTotal += 1;
        return;
      }
      this.#takers.shift()?.(item);
    }
  }

  #next(): WorkItem | undefined {
    const isBackgroundTurn = (this.#turns + 1) % backgroundTurn === 0;
    const order: readonly Lane[] = isBackgroundTurn ? ['background', 'change'] : ['change', 'background'];
    for (const lane of order) {
      const taken = this.#lanes[lane].take((group) => (this.#held.get(group) ?? 0) < this.#mostPerGroup);
      if (taken === undefined) continue;
      const [key, { addedMs, cause }] = taken;
      const group = groupOf(key);
      const now = this.#clock.steadyNow();
      this.#turns += 1;
      this.#held.set(group, (this.#held.get(group) ?? 0) + 1);
      this.#working.set(key, { sinceMs: now, again: undefined });
      return { key, lane, cause, waitedMs: now - addedMs, addedMs };
    }
    return undefined;
  }
}

/** Keys of one namespace are a group; a key without a namespace is a group of its own. */
function groupOf(key: ObjectKey): string {
  const slash = key.indexOf('/');
  return slash === -1 ? key : key.slice(0, slash);
}
