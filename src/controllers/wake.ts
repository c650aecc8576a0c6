/** How a controller says what wakes its keys, besides a change of an object of its own kind. */
import type { Cause, Clock, Lane, ObjectKey } from '../kernel/index.ts';

interface EnqueueOptions {
  /** Changes within this time are gathered into one reconcile. 0 by default. */
  readonly delayMs?: number;
  /** `change` by default. */
  readonly cause?: Cause;
  /** The lane of the queue; by default that of the cause. */
  readonly lane?: Lane;
}

export type Enqueue = (key: ObjectKey, options?: EnqueueOptions) => void;

export interface Wake {
  /** What wakes the key, for the tables of docs/kernel.md and `operator/wiring.ts`: "its native Secret". */
  readonly by: string;
  /** Registers the listeners. Called once, before the watches start. */
  connect(enqueue: Enqueue): void;
}

type WakeBy = (index: string, value: string | undefined, enqueue: Enqueue) => void;

/** Returns the function that enqueues all keys that an index of the store has under a value; with no value, none. */
export function wakeByIndex(store: { keysByIndex(name: string, value: string): Iterable<ObjectKey> }): WakeBy {
  return (index, value, enqueue) => {
    if (value !== undefined) for (const key of store.keysByIndex(index, value)) enqueue(key);
  };
}

/** Calls `look` once after `delayMs`, however often the same name is passed until then. */
export type GatherLook = (name: string, delayMs: number, look: () => void) => void;

/** For looks at many keys, which many changes at once ask for. */
export function gatherLooks(clock: Pick<Clock, 'schedule'>): GatherLook {
  const waiting = new Set<string>();
  return (name, delayMs, look) => {
    if (waiting.has(name)) return;
    waiting.add(name);
    clock.schedule(() => {
      waiting.delete(name);
      look();
    }, delayMs);
  };
}
