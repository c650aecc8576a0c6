/** Rules about the access of a job that has a Pod. Pure. */
import { refKey } from '../secret-refs.ts';
import { listOf, terminatingRefs } from './access.ts';
import type { JobFacts, JobPlan } from './facts.ts';
import { finish, isLeaving } from './report.ts';

/** After something changed, the API server's own view of RBAC may lag behind: access is asked again after so long. */
const recheckOffsetsMs: readonly number[] = [200, 1_200, 4_200];
/** Timers fire a little late. */
const recheckSlackMs = 300;

export function askAgain(facts: JobFacts): JobPlan | undefined {
  if (facts.pod === undefined || facts.access !== undefined || !isRecheckDue(facts)) return undefined;
  const refs = terminatingRefs(facts);
  return refs.length === 0 ? undefined : { rule: askAgain.name, steps: [{ do: 'ask-access', refs }] };
}

export function accessRevoked(facts: JobFacts): JobPlan | undefined {
  if (facts.pod === undefined) return undefined;
  const revoked = terminatingRefs(facts).filter((ref) => facts.access?.get(refKey(ref)) === 'denied');
  return revoked.length === 0
    ? undefined
    : finish(accessRevoked.name, facts, 'Cancelled', 'AccessRevoked', `access was revoked: ${listOf(revoked)}`);
}

export function nextRecheckMs(facts: JobFacts): number | undefined {
  const { nowMs, changedMs, pod } = facts;
  if (pod === undefined || isLeaving(pod) || terminatingRefs(facts).length === 0) return undefined;
  return recheckOffsetsMs.map((offsetMs) => changedMs + offsetMs).find((dueMs) => dueMs > nowMs);
}

function isRecheckDue({ nowMs, changedMs }: JobFacts): boolean {
  return nowMs - changedMs <= (recheckOffsetsMs.at(-1) ?? 0) + recheckSlackMs;
}
