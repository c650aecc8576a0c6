/** What a controller decides for one key, and what every decision may take as input. The rules themselves are in each folder's `plan.ts`. */
import type { Cause, Lane } from '../kernel/index.ts';
import type { Failure } from './failure.ts';
import type { EventText, Regarding } from './recorder.ts';
import type { StatusWeight } from './write-rates.ts';

export interface PlannedEvent {
  readonly regarding: Regarding;
  readonly text: EventText;
}

export interface Plan<Step, Status> {
  /** The name of the rule that decided; for the debug line and for tests. */
  readonly rule: string;
  /** Taken in order; then the plan is asked again. Empty: at rest. */
  readonly steps?: readonly Step[];
  /** What the status has to say now; written before the steps, and only where it differs. Undefined: nothing to say. */
  readonly status?: Status | undefined;
  /** Undefined: it is written at once. Otherwise it takes bytes of its namespace's share, and waits until there are some. */
  readonly statusWeight?: StatusWeight | undefined;
  /** Events for what has just happened; recorded with the status. */
  readonly events?: readonly PlannedEvent[];
  /** Epoch milliseconds. When to look again, at rest. */
  readonly requeueAtMs?: number | undefined;
  /** `change`: something ends then, so it must not wait behind other timers. */
  readonly requeueLane?: Lane;
}

/** What the reconciler knows of a key besides the objects. */
export interface Known {
  /** The time by which time limits are reached, in epoch milliseconds. */
  readonly nowMs: number;
  /**
   * Epoch milliseconds, by the later of the clocks of this machine and of the API server. A time that is ahead of both was written by a wrong clock;
   * one that is ahead of this machine's clock alone shows that this clock was set back.
   */
  readonly latestMs: number;
  /** Epoch milliseconds of this machine's clock: the moment that statuses and Events show. */
  readonly wallMs: number;
  /** The same moment by the steady clock, for what this process remembers. */
  readonly steadyMs: number;
  readonly cause: Cause;
  /** Why the reconcile before this one did not come to rest, where that has lasted. */
  readonly failure: Failure | undefined;
  /** Since when the key has waited for its turn, by the steady clock. */
  readonly addedMs?: number | undefined;
  /** More keys wait than there are workers. */
  readonly isBusy: boolean;
}

/** What every input of a plan may hold. */
export interface Failing {
  readonly failure?: Failure | undefined;
}

/** The plan of the first rule that has one; undefined where no rule does. */
export function firstPlan<Args extends readonly unknown[], Found>(
  rules: readonly ((...args: Args) => Found | undefined)[],
  ...args: Args
): Found | undefined {
  for (const rule of rules) {
    const plan = rule(...args);
    if (plan !== undefined) return plan;
  }
  return undefined;
}

/** A rule for plans without a status: a failure of this reconcile is only logged, and the queue tries again. */
export function failing({ failure }: Failing): { readonly rule: string } | undefined {
  return failure?.isNow === true ? { rule: failing.name } : undefined;
}

/** The plan, with a look at `atMs` unless it has an earlier one. Epoch milliseconds. */
export function soon<P extends { readonly requeueAtMs?: number | undefined }>(plan: P, atMs: number): P {
  return { ...plan, requeueAtMs: Math.min(plan.requeueAtMs ?? Infinity, atMs) };
}
