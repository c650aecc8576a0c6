/** Rules about a job that has no Pod yet. Pure. */
import { LABEL_VELERO_RESTORE, type NeuroJobReason } from '../../api/index.ts';
import { jobSecretRefs, refKey } from '../secret-refs.ts';
import { deniedRefs, foreignRefs, listOf, missingRefs } from './access.ts';
import { earliest, waitDeadlineMs } from './deadlines.ts';
import type { JobFacts, JobPlan, Refusal } from './facts.ts';
import { fileModeProblem } from './file-modes.ts';
import type { JobPart } from './job-repairs.ts';
import { contestOf, finish, reportingPlan, reportOf } from './report.ts';
import { wantsService } from './service-rules.ts';

/** Misses are not reported before this has passed: files applied together arrive one after the other. */
const missingGraceMs = 500;
/** The namespace of an object exists; our view of it may come later. */
const namespaceWaitMs = 100;
/** Pauses between two looks for what no watch shows, such as an administrator's RoleBinding. They grow with the time since a change. */
const shortestPollMs = 50;
const longestPollMs = 5_000;
/** Between two tries for a share of what is copied at a time; and how long that is not worth a status. */
const heldBackMs = 50;
const quietHeldBackMs = 2_000;

/** Reasons to wait that say by themselves why a job did not start. */
const tellingReasons: ReadonlySet<string> = new Set<NeuroJobReason>([
  'Conflict',
  'Contested',
  'MissingSecrets',
  'QuotaExhausted',
  'Refused',
]);

/** Needs nothing but the status: it holds while nothing else can be asked, read or made. */
export function startTimeout(facts: JobFacts): JobPlan | undefined {
  const { job, pod, failure } = facts;
  if (pod !== undefined || job.status.podUid !== undefined || !isTooLate(facts)) return undefined;
  // Nothing was said of it yet: what it waits for is found out first, where that is possible.
  if (job.status.phase === undefined && failure === undefined) return undefined;
  return timedOut(startTimeout.name, facts);
}

/** The same for a job that nobody has looked at before, and that lacks nothing else. */
export function tooLate(facts: JobFacts): JobPlan | undefined {
  return isTooLate(facts) ? timedOut(tooLate.name, facts) : undefined;
}

function isTooLate(facts: JobFacts): boolean {
  return waitDeadlineMs(facts) <= facts.nowMs;
}

function timedOut(rule: string, facts: JobFacts): JobPlan {
  const { job } = facts;
  const { reason = '', message } = job.status;
  if (tellingReasons.has(reason)) {
    return finish(rule, facts, 'Failed', reason as NeuroJobReason, message, { isMissing: reason === 'MissingSecrets' });
  }
  const why = [reason, message].filter((text) => text !== undefined && text !== '').join(': ');
  return finish(
    rule,
    facts,
    'Failed',
    'ScheduleTimeout',
    why === '' ? 'the job did not start in time' : `the job did not start in time (${why})`,
  );
}

export function namespaceGoing({ namespace }: JobFacts): JobPlan | undefined {
  return namespace?.metadata.deletionTimestamp === undefined ? undefined : { rule: namespaceGoing.name };
}

/** Its status is not in a backup, so a job that ended long ago looks new, and would do its work twice. */
export function restored(facts: JobFacts): JobPlan | undefined {
  const { metadata, status } = facts.job;
  const restore = metadata.labels?.[LABEL_VELERO_RESTORE];
  if (restore === undefined || facts.pod !== undefined || status.podUid !== undefined) return undefined;
  const remove = `kubectl label neurojob ${metadata.name} -n ${metadata.namespace} ${LABEL_VELERO_RESTORE}-`;
  const message = `the job was restored from a backup ('${restore}'), and may have run before: delete it, or let it run: ${remove}`;
  return reportingPlan(restored.name, facts, reportOf('Pending', 'Restored', message));
}

/** Whether the namespace demands restricted Pods, and whose home it is, has to be known. */
export function namespaceUnknown(facts: JobFacts): JobPlan | undefined {
  if (facts.namespace !== undefined) return undefined;
  return { rule: namespaceUnknown.name, requeueAtMs: earliest(facts.nowMs + namespaceWaitMs, waitDeadlineMs(facts)) };
}

export function presetUnknown(facts: JobFacts): JobPlan | undefined {
  const { preset } = facts.job.spec;
  const { presetNames } = facts.settings;
  if (preset === undefined || presetNames.has(preset)) return undefined;
  const names = presetNames.size === 0 ? 'it has none' : `it has: ${[...presetNames].sort().join(', ')}`;
  return finish(
    presetUnknown.name,
    facts,
    'Failed',
    'PresetNotFound',
    `the operator has no preset '${preset}'; ${names}`,
  );
}

export function accessUnknown(facts: JobFacts): JobPlan | undefined {
  const refs = foreignRefs(facts.job);
  return facts.access === undefined && refs.length > 0
    ? { rule: accessUnknown.name, steps: [{ do: 'ask-access', refs }] }
    : undefined;
}

/** A snapshot does not outlive the access of a job that has no Pod, whatever keeps the Pod away. */
export function forbiddenSnapshot(facts: JobFacts): JobPlan | undefined {
  const { job, access, isCleanedUp } = facts;
  if (isCleanedUp === true || foreignRefs(job).every((ref) => access?.get(refKey(ref)) === 'allowed')) return undefined;
  const secretNames = facts.ownSecrets
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name);
  if (secretNames.length === 0) return undefined;
  return { rule: forbiddenSnapshot.name, steps: [{ do: 'clean-up', secretNames, service: false, pod: false }] };
}

export function missingSecrets(facts: JobFacts): JobPlan | undefined {
  const { job, nowMs, firstSeenMs } = facts;
  const missing = missingRefs(facts);
  if (missing.length === 0) return undefined;
  const rule = missingSecrets.name;
  const message = `Missing secrets: ${listOf(missing)}`;
  if (isTooLate(facts)) return finish(rule, facts, 'Failed', 'MissingSecrets', message, { isMissing: true });
  const graceEndMs = firstSeenMs + missingGraceMs;
  if (nowMs < graceEndMs && job.status.reason !== 'MissingSecrets') {
    return { rule, requeueAtMs: earliest(pollMs(facts), waitDeadlineMs(facts), graceEndMs) };
  }
  const report = { ...reportOf('Pending', 'MissingSecrets', message), isMissing: true, denied: deniedRefs(facts) };
  return waiting(rule, facts, report);
}

export function refused(facts: JobFacts): JobPlan | undefined {
  return facts.refusal === undefined ? undefined : reported(refused.name, facts, facts.refusal);
}

function reported(rule: string, facts: JobFacts, { isFinal, reason, message }: Refusal): JobPlan {
  return isFinal || isTooLate(facts)
    ? finish(rule, facts, 'Failed', reason, message)
    : waiting(rule, facts, reportOf('Pending', reason, message));
}

export function notRead({ whole }: JobFacts): JobPlan | undefined {
  return whole === undefined ? { rule: notRead.name, steps: [{ do: 'read-job' }] } : undefined;
}

export function modeUnusable(facts: JobFacts): JobPlan | undefined {
  const { whole, namespace } = facts;
  const problem = whole === undefined || namespace === undefined ? undefined : fileModeProblem(whole, namespace);
  return problem === undefined ? undefined : finish(modeUnusable.name, facts, 'Failed', 'ModeUnusable', problem);
}

export function heldBack(facts: JobFacts): JobPlan | undefined {
  if (facts.isHeldBack !== true) return undefined;
  const rule = heldBack.name;
  const { nowMs, changedMs, heldBackForMs } = facts;
  const requeueAtMs = Math.min(nowMs + Math.max(heldBackMs, heldBackForMs ?? 0), waitDeadlineMs(facts));
  if (nowMs - changedMs < quietHeldBackMs && requeueAtMs - nowMs < quietHeldBackMs) return { rule, requeueAtMs };
  const message =
    heldBackForMs === undefined
      ? 'the values of other jobs are being copied; this job has its turn soon'
      : 'the jobs of this namespace copy more values than they may in a minute; this job starts when it may copy its own';
  return { ...reportingPlan(rule, facts, reportOf('Pending', 'Creating', message)), requeueAtMs };
}

export function noService(facts: JobFacts): JobPlan | undefined {
  return wantsService(facts) ? madeUnlessContested(noService.name, facts, 'Service') : undefined;
}

/** All values are from the same time; a Pod made again gets the same ones. */
export function noSnapshot(facts: JobFacts): JobPlan | undefined {
  const hasValues = jobSecretRefs(facts.job).length > 0 || facts.job.rotates !== undefined;
  return facts.snapshot === undefined && hasValues
    ? { rule: noSnapshot.name, steps: [{ do: 'take-snapshot' }] }
    : undefined;
}

export function noPod(facts: JobFacts): JobPlan | undefined {
  return facts.pod === undefined ? madeUnlessContested(noPod.name, facts, 'Pod') : undefined;
}

function madeUnlessContested(rule: string, facts: JobFacts, part: JobPart): JobPlan {
  const contest = contestOf(facts, part);
  if (contest !== undefined) return reported(rule, facts, contest);
  return { rule, steps: [{ do: part === 'Pod' ? 'make-pod' : 'make-service' }] };
}

/** Reports why a job waits, and looks again with growing pauses, and when its time is over. */
function waiting(rule: string, facts: JobFacts, report: Parameters<typeof reportingPlan>[2]): JobPlan {
  const deadlineMs = waitDeadlineMs(facts);
  const nextMs = pollMs(facts);
  const plan = reportingPlan(rule, facts, report, deadlineMs);
  return nextMs < deadlineMs ? { ...withoutLook(plan), requeueAtMs: nextMs } : plan;
}

/** A poll is nobody's deadline. */
function withoutLook({ requeueLane: _lane, ...plan }: JobPlan): JobPlan {
  return plan;
}

function pollMs({ nowMs, changedMs }: JobFacts): number {
  return nowMs + Math.min(longestPollMs, Math.max(shortestPollMs, nowMs - changedMs));
}
