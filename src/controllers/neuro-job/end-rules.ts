/** Rules about the end of a job and what follows it, and about steps that keep failing. Pure. */
import { defined } from '../../defined.ts';
import { keptByFinalizer } from '../ownership.ts';
import { earliest, keptUntilMs, lifeSpanEndMs, nextDeadlineMs } from './deadlines.ts';
import type { JobFacts, JobPlan } from './facts.ts';
import {
  finish,
  isKept,
  isLeaving,
  lastStateOf,
  leftoversOf,
  pending,
  podReport,
  reportingPlan,
  reportOf,
  restartPolicyOf,
  running,
  stateOf,
} from './report.ts';

/** How long a sidecar may go on after the job: that of a mesh may end by itself soon. */
const sidecarGraceMs = 5_000;
const heldBackMs = 100;

/**
 * The step that failed is not asked for again in this reconcile, but with the queue's growing delays; the limits of time of the job are
 * kept by a time of their own.
 */
export function failing(facts: JobFacts): JobPlan | undefined {
  const { failure, job } = facts;
  if (failure?.isNow !== true) return undefined;
  const state = stateOf(facts);
  const dueMs = nextDeadlineMs(facts, state);
  // A limit that has passed was looked at before the step that failed.
  const requeueAtMs = dueMs === undefined || dueMs <= facts.nowMs ? undefined : dueMs;
  const { phase, reason, message } = job.status;
  if (job.status.finishTime !== undefined && phase !== undefined && reason !== undefined) {
    // Its conditions are not kept any more, so only an event says it.
    const { events = [] } = reportingPlan(failing.name, facts, reportOf(phase, reason, message));
    return { rule: failing.name, events, ...defined({ requeueAtMs }) };
  }
  if (facts.pod === undefined) {
    const isSameStep = job.status.reason === failure.reason && stepOf(job.status.message) === stepOf(failure.message);
    const text = isSameStep ? job.status.message : failure.message;
    return reportingPlan(failing.name, facts, reportOf('Pending', failure.reason, text), requeueAtMs);
  }
  const report =
    state?.kind === 'running' || state?.kind === 'restarting'
      ? running(facts, state)
      : state?.kind === 'waiting'
        ? pending(facts, state.reason, state.message)
        : reportOf(phase ?? 'Pending', reason ?? failure.reason, message);
  return reportingPlan(failing.name, facts, report, requeueAtMs);
}

/** The step that failed, taken from the sentence about the failure. */
function stepOf(message: string | undefined): string | undefined {
  return message?.split(' failed', 1)[0];
}

export function deletedInTime(facts: JobFacts): JobPlan | undefined {
  const dueMs = keptUntilMs(facts.job);
  if (dueMs === undefined || dueMs > facts.nowMs) return undefined;
  const rule = deletedInTime.name;
  return facts.isJobDeleted === true ? { rule } : { rule, steps: [{ do: 'delete-job' }] };
}

/** There is one try, and only by the process that saw the end, so that no new leader meets the job again. */
export function lastWords(facts: JobFacts): JobPlan | undefined {
  const { job, output, nowMs } = facts;
  if (job.status.finishTime === undefined || output === 'none') return undefined;
  const rule = lastWords.name;
  if (output !== undefined) {
    return { rule, status: { ...job.status, message: output.text }, steps: [{ do: 'forget-last-words' }] };
  }
  if (!facts.areWordsDue) return undefined;
  return facts.isHeldBack === true
    ? { rule, requeueAtMs: nowMs + heldBackMs }
    : { rule, steps: [{ do: 'read-last-words' }] };
}

export function leftovers(facts: JobFacts): JobPlan | undefined {
  const { phase, finishTime } = facts.job.status;
  if (finishTime === undefined || phase === undefined || facts.isCleanedUp === true) return undefined;
  const left = leftoversOf(facts, phase);
  return left === undefined ? undefined : { rule: leftovers.name, steps: [{ do: 'clean-up', ...left }] };
}

export function sidecarsRun(facts: JobFacts): JobPlan | undefined {
  const { job, pod, nowMs } = facts;
  const { finishTime, phase } = job.status;
  if (finishTime === undefined || pod === undefined || isLeaving(pod) || facts.isPodEnded === true) return undefined;
  const isOver = pod.phase === 'Succeeded' || pod.phase === 'Failed';
  if (isOver || pod.isEnding || !pod.hasOthers || !isKept(pod, phase)) return undefined;
  const dueMs = Date.parse(finishTime) + sidecarGraceMs;
  const rule = sidecarsRun.name;
  if (dueMs > nowMs) return { rule, ...at(earliest(dueMs, keptUntilMs(job))) };
  return { rule, steps: [{ do: 'end-pod' }] };
}

/** A cancel that comes after the end changes nothing, but has been seen. */
export function finished(facts: JobFacts): JobPlan | undefined {
  const { status, metadata } = facts.job;
  if (status.finishTime === undefined) return undefined;
  return {
    rule: finished.name,
    ...(status.observedGeneration === metadata.generation
      ? {}
      : { status: { ...status, observedGeneration: metadata.generation } }),
    ...at(keptUntilMs(facts.job)),
  };
}

/**
 * This is what happened, even if somebody cancelled or deleted the Pod at the same time. A Pod that is being deleted, or is gone, is no end for
 * a job that can run again, unless the job has done its work.
 */
export function ended(facts: JobFacts): JobPlan | undefined {
  const state = lastStateOf(facts);
  if (state?.kind !== 'ended') return undefined;
  const isGoing = facts.pod === undefined || isLeaving(facts.pod);
  const policy = restartPolicyOf(facts.job);
  const isAgain = policy === 'Always' || (policy === 'OnFailure' && state.phase === 'Failed');
  if (isGoing && isAgain) return undefined;
  const plan = finish(ended.name, facts, state.phase, state.reason, state.message, {
    ...podReport(facts.pod ?? facts.gonePod),
    ...defined({ exitCode: state.exitCode, startedAt: state.startedAt, endedAt: state.finishedAt }),
  });
  // The values are needed for the last words; they go right after.
  return state.hasOutput && facts.pod !== undefined ? { ...plan, steps: [{ do: 'read-last-words' }] } : plan;
}

/** A job that is being deleted, behind somebody's finalizer, ends as well: nothing else would keep its limits. */
export function cancelled(facts: JobFacts): JobPlan | undefined {
  const { spec, metadata } = facts.job;
  const { namespace, name } = metadata;
  if (spec.cancel === true)
    return finish(cancelled.name, facts, 'Cancelled', 'UserRequested', 'the job was cancelled by spec.cancel');
  return metadata.deletionTimestamp === undefined
    ? undefined
    : finish(
        cancelled.name,
        facts,
        'Cancelled',
        'UserRequested',
        `the job is being deleted; ${keptByFinalizer(`neurojob ${name}`, namespace)}`,
      );
}

export function suspended(facts: JobFacts): JobPlan | undefined {
  const { spec, metadata } = facts.job;
  if (spec.suspend !== true) return undefined;
  const { namespace, name, deletionTimestamp } = metadata;
  const message =
    deletionTimestamp === undefined
      ? suspendedMessage
      : `the template is being deleted; ${keptByFinalizer(`neurojob ${name}`, namespace)}`;
  return reportingPlan(suspended.name, facts, reportOf('Pending', 'Suspended', message));
}

const suspendedMessage =
  'spec.suspend: the job is a template for a schedule or the hook of a rotation, and does not run itself';

/** Only the time of running counts, to the second. */
export function lifeSpanEnded(facts: JobFacts): JobPlan | undefined {
  const endMs = lifeSpanEndMs(facts, stateOf(facts));
  if (endMs === undefined || endMs > facts.nowMs) return undefined;
  const { lifeSpan = '' } = facts.job.spec;
  return finish(
    lifeSpanEnded.name,
    facts,
    'Cancelled',
    'LifeSpanEnded',
    `the job has run for its life span of ${lifeSpan}`,
  );
}

function at(requeueAtMs: number | undefined): Pick<JobPlan, 'requeueAtMs' | 'requeueLane'> {
  return requeueAtMs === undefined ? {} : { requeueAtMs, requeueLane: 'change' };
}
