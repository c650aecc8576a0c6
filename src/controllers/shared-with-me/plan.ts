/** Decides what happens to the ConfigMap `neuro-shared-with-me` of one namespace. Pure. The key of a reconcile is a namespace. */
import { SHARED_WITH_ME_CONFIG_MAP } from '../../api/index.ts';
import { failing, firstPlan, type Failing, type Plan } from '../plan.ts';
import type { ConfigMapView } from '../views.ts';

export interface SharedWithMeInput extends Failing {
  readonly namespace: string;
  /** What the list has to hold; empty: no list. */
  readonly data: Readonly<Record<string, string>>;
  readonly dataHash: string;
  /** The grants that the list leaves out because of a bound, and those whose omission is noted already. */
  readonly omitted: ReadonlySet<string>;
  readonly notedOmitted: ReadonlySet<string>;
  readonly existing: ConfigMapView | undefined;
  /** Milliseconds until the same list may be written again; above 0 where something keeps changing it back. */
  readonly repairWaitMs: number;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Learned: the API server has a ConfigMap of that name that no watch shows. */
  readonly isTaken?: boolean;
}

export type SharedWithMeStep =
  | { readonly do: 'note-omitted' }
  | { readonly do: 'create' }
  | { readonly do: 'replace'; readonly resourceVersion: string }
  | { readonly do: 'delete'; readonly uid: string };

type Rule = (input: SharedWithMeInput) => Plan<SharedWithMeStep, never> | undefined;

/** How often a ConfigMap that somebody else made is looked at again. */
const conflictRetryMs = 60_000;

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  failing, // No object has a status that could say it; the log and the metrics do.
  omissions, // The status of a grant says when a list leaves it out.
  taken, // A ConfigMap that somebody else made stays as it is.
  contested, // Something else changes or deletes it each time.
  missing,
  empty, // Nothing is shared, or the namespace is no home any more.
  different,
];

export function planSharedWithMe(input: SharedWithMeInput): Plan<SharedWithMeStep, never> {
  return firstPlan(rules, input) ?? { rule: 'settled' };
}

function omissions({ omitted, notedOmitted }: SharedWithMeInput): ReturnType<Rule> {
  const isSame = omitted.size === notedOmitted.size && [...omitted].every((key) => notedOmitted.has(key));
  return isSame ? undefined : { rule: omissions.name, steps: [{ do: 'note-omitted' }] };
}

function taken({ existing, isTaken, nowMs }: SharedWithMeInput): ReturnType<Rule> {
  const isOthers = isTaken === true || (existing !== undefined && !existing.isManaged);
  return isOthers ? { rule: taken.name, requeueAtMs: nowMs + conflictRetryMs } : undefined;
}

function contested(input: SharedWithMeInput): ReturnType<Rule> {
  const { namespace, existing, repairWaitMs, nowMs } = input;
  const isAsDesired = [missing, empty, different].every((rule) => (rule(input)?.steps ?? []).length === 0);
  if (repairWaitMs <= 0 || isAsDesired) return undefined;
  const name = SHARED_WITH_ME_CONFIG_MAP;
  const note = `something else changes or deletes the ConfigMap '${name}' whenever it is written: it is written again with growing pauses`;
  const regarding = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name, uid: existing?.metadata.uid ?? '' };
  const text = { type: 'Warning', reason: 'Contested', action: 'Reconcile', note } as const;
  return { rule: contested.name, events: [{ regarding, text }], requeueAtMs: nowMs + repairWaitMs };
}

function missing({ existing, data }: SharedWithMeInput): ReturnType<Rule> {
  if (existing !== undefined) return undefined;
  return isEmpty(data) ? { rule: 'settled' } : { rule: missing.name, steps: [{ do: 'create' }] };
}

function empty({ existing, data }: SharedWithMeInput): ReturnType<Rule> {
  if (existing === undefined || !isEmpty(data)) return undefined;
  return { rule: empty.name, steps: [{ do: 'delete', uid: existing.metadata.uid }] };
}

function different({ existing, dataHash }: SharedWithMeInput): ReturnType<Rule> {
  if (existing === undefined || existing.dataHash === dataHash) return undefined;
  return { rule: different.name, steps: [{ do: 'replace', resourceVersion: existing.metadata.resourceVersion }] };
}

function isEmpty(data: Readonly<Record<string, string>>): boolean {
  return Object.keys(data).length === 0;
}
