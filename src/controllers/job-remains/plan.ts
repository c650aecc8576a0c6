/** Decides what happens to a snapshot without an owner. Pure. */
import { failing, firstPlan, type Failing, type Plan } from '../plan.ts';
import type { ViewMeta } from '../meta-view.ts';

export interface RemainsInput extends Failing {
  readonly secret: { readonly metadata: ViewMeta };
  /** The job that the snapshot was made for exists: somebody removed the owner reference. */
  readonly hasJob: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

export interface RemainsStep {
  readonly do: 'delete';
  readonly uid: string;
}

type Rule = (input: RemainsInput) => Plan<RemainsStep, never> | undefined;

/** After this time, the watch of jobs shows every job that existed when the Secret appeared. */
export const graceMs = 60_000;

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  failing, // No object has a status that could say it; the log and the metrics do.
  used, // A job's values stay as long as the job needs them.
  young, // A watch may be behind.
  orphaned,
];

export function planRemains(input: RemainsInput): Plan<RemainsStep, never> {
  return firstPlan(rules, input) ?? { rule: 'settled' };
}

function used({ hasJob }: RemainsInput): ReturnType<Rule> {
  return hasJob ? { rule: used.name } : undefined;
}

function young({ secret, nowMs }: RemainsInput): ReturnType<Rule> {
  const dueMs = Date.parse(secret.metadata.creationTimestamp) + graceMs;
  return nowMs < dueMs ? { rule: young.name, requeueAtMs: dueMs } : undefined;
}

function orphaned({ secret }: RemainsInput): ReturnType<Rule> {
  if (secret.metadata.deletionTimestamp !== undefined) return undefined;
  return { rule: orphaned.name, steps: [{ do: 'delete', uid: secret.metadata.uid }] };
}
