/** Rules about the Service of a job that has a Pod. Pure. */
import type { JobFacts, JobPlan, Refusal } from './facts.ts';
import { contestOf, ofJob } from './report.ts';

/** A Service that was refused, or that something else keeps deleting, is tried again. */
const serviceRetryMs = 60_000;

export function serviceGone(facts: JobFacts): JobPlan | undefined {
  const isGone = facts.pod !== undefined && wantsService(facts) && serviceProblem(facts) === undefined;
  return isGone ? { rule: serviceGone.name, steps: [{ do: 'make-service' }] } : undefined;
}

export function wantsService({ job, service }: JobFacts): boolean {
  return job.spec.http !== undefined && service === undefined;
}

export function serviceRetryAtMs(facts: JobFacts): number | undefined {
  return serviceProblem(facts) === undefined ? undefined : facts.nowMs + serviceRetryMs;
}

/** The status is about the container; an event says that its Service is missing. */
export function withServiceRefused(facts: JobFacts, plan: JobPlan): JobPlan {
  const problem = serviceProblem(facts);
  if (problem === undefined) return plan;
  return { ...plan, events: [...(plan.events ?? []), ofJob(facts.job, problem.reason, 'Reconcile', problem.message)] };
}

/** Why the Service is missing, and is not created now. */
function serviceProblem(facts: JobFacts): Refusal | undefined {
  return wantsService(facts) ? (facts.refusal ?? contestOf(facts, 'Service')) : undefined;
}
