/** How a controller says what wakes its keys, besides a change of an object of its own kind. */
import type { Cause, Lane, ObjectKey } from '../kernel/index.ts';

interface EnqueueOptions {
  /** Changes within this time are gathered into one reconcile. 0 by default. */
  readonly delayMs?: number;
  /** `change` by default. */
  readonly cause?: Cause;
  /** By default the lane of the cause. */
  readonly lane?: Lane;
}

export type Enqueue = (key: ObjectKey, options?: EnqueueOptions) => void;

export interface Wake {
  /** What it is, for the table of docs/kernel.md and of `operator/wiring.ts`: "its native Secret". */
  readonly by: string;
  /** Registers the listeners. Called once, before the watches start. */
  connect(enqueue: Enqueue): void;
}
