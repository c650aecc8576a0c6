/** When something about a job falls due, from what its status says happened so far. Pure; epoch milliseconds. */
import { MAX_TRANSITIONS, parseDurationSeconds } from '../../api/index.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { ContainerState } from './container-state.ts';
import type { JobFacts } from './facts.ts';

/** When the life span ends if the Pod goes on running; undefined where there is no limit, or it does not run. */
export function lifeSpanEndMs({ job, pod }: JobFacts, state: ContainerState | undefined): number | undefined {
  if (job.spec.lifeSpan === undefined || pod === undefined) return undefined;
  const isSameRun = job.status.podUid === pod.metadata.uid && job.status.runningSince !== undefined;
  const isRunning = state?.kind === 'running' || state?.kind === 'restarting';
  const since = isSameRun ? job.status.runningSince : isRunning ? state.startedAt : undefined;
  if (since === undefined) return undefined;
  return Date.parse(since) + (parseDurationSeconds(job.spec.lifeSpan) - (job.status.ranSeconds ?? 0)) * 1000;
}

export function scheduleTimeoutMs({ job, settings }: JobFacts): number {
  const { scheduleTimeout } = job.spec;
  return scheduleTimeout === undefined
    ? settings.defaultScheduleTimeoutMs
    : parseDurationSeconds(scheduleTimeout) * 1000;
}

/** When a job without a Pod has waited long enough. */
export function waitDeadlineMs(facts: JobFacts): number {
  return pendingSinceMs(facts, false) + scheduleTimeoutMs(facts);
}

/**
 * When a Pod that does not run has waited long enough. Undefined while someone's gate holds it back and the job itself
 * sets no limit: queueing may take days.
 */
export function scheduleDeadlineMs(facts: JobFacts): number | undefined {
  const isBounded = facts.job.spec.scheduleTimeout !== undefined;
  if (facts.pod?.isGated === true && !isBounded) return undefined;
  return pendingSinceMs(facts, !isBounded) + scheduleTimeoutMs(facts);
}

/** When the next limit of a job falls due that goes on as it does; undefined where it has none. */
export function nextDeadlineMs(facts: JobFacts, state: ContainerState | undefined): number | undefined {
  if (facts.job.status.finishTime !== undefined) return keptUntilMs(facts.job);
  if (facts.pod === undefined) return waitDeadlineMs(facts);
  return state?.kind === 'waiting' ? scheduleDeadlineMs(facts) : lifeSpanEndMs(facts, state);
}

/** Since when the job has had one of these reasons, in epoch milliseconds; now, if it has none of them. */
export function sinceReasonMs({ job, nowMs }: JobFacts, reasons: ReadonlySet<string>): number {
  let since: string | undefined;
  for (const transition of [...(job.status.transitions ?? [])].reverse()) {
    if (!reasons.has(transition.reason ?? '')) break;
    since = transition.time;
  }
  return since === undefined ? nowMs : Date.parse(since);
}

/** When a finished job is deleted. */
export function keptUntilMs({ spec, status }: NeuroJobView): number | undefined {
  if (spec.ttlAfterFinished === undefined || status.finishTime === undefined) return undefined;
  return Date.parse(status.finishTime) + parseDurationSeconds(spec.ttlAfterFinished) * 1000;
}

/**
 * Since when the job waits: since it was made, since its last run, or since somebody let a restored job run; without the time behind a
 * gate where asked.
 */
function pendingSinceMs({ job, nowMs }: JobFacts, withoutGated: boolean): number {
  const transitions = job.status.transitions ?? [];
  let since: string | undefined;
  for (const transition of [...transitions].reverse()) {
    const isHeld = transition.reason === 'Restored' || (withoutGated && transition.reason === 'SchedulingGated');
    if (transition.phase !== 'Pending' || isHeld) return since === undefined ? nowMs : Date.parse(since);
    since = transition.time;
  }
  const isCut = transitions.length === MAX_TRANSITIONS;
  return Date.parse(isCut && since !== undefined ? since : job.metadata.creationTimestamp);
}

export function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
