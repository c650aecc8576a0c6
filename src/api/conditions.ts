/**
 * Conditions, as kstatus, `kubectl wait`, Argo CD and Flux read them.
 *
 * Promise: a list that says the same stays the same text: sorted by type, times changed only with the status.
 */
import { compare } from '../compare.ts';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** A condition as a plan decides it, before it is known when it began. */
export type ConditionState = Omit<Condition, 'lastTransitionTime'>;

/**
 * The list with `state` in it, sorted by type. `now` (RFC 3339) becomes its time when it is new or its status changed;
 * otherwise the former time stays.
 */
export function setCondition(
  conditions: readonly Condition[],
  state: ConditionState,
  now: string,
): readonly Condition[] {
  const former = findCondition(conditions, state.type);
  const since = former?.status === state.status ? former.lastTransitionTime : now;
  const others = conditions.filter((condition) => condition.type !== state.type);
  return [...others, { ...state, lastTransitionTime: since }].sort(byType);
}

/** The list without the condition of that type, sorted. */
export function removeCondition(conditions: readonly Condition[], type: string): readonly Condition[] {
  return conditions.filter((condition) => condition.type !== type).sort(byType);
}

/** The whole list as `states` say it; a type that they do not name goes away. */
export function replaceConditions(
  conditions: readonly Condition[],
  states: readonly ConditionState[],
  now: string,
): readonly Condition[] {
  const kept = conditions.filter((condition) => states.some((state) => state.type === condition.type));
  return states.reduce<readonly Condition[]>((list, state) => setCondition(list, state, now), kept);
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

function byType(a: Condition, b: Condition): number {
  return compare(a.type, b.type);
}
