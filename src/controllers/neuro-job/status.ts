/** The status of a NeuroJob, from a report of how it stands. Pure: the same report gives the same status, to the letter. */
import {
  CONDITION_COMPLETE,
  CONDITION_FAILED,
  CONDITION_READY,
  CONDITION_RECONCILING,
  CONDITION_SECRETS_RESOLVED,
  CONDITION_STALLED,
  MAX_TRANSITIONS,
  findCondition,
  parseDurationSeconds,
  parseTimeMs,
  replaceConditions,
  rfc3339,
  type ConditionState,
  type NeuroJobPhase,
  type NeuroJobStatus,
  type NeuroJobTransition,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { jobSecretRefs } from '../secret-refs.ts';
import type { StatusWeight } from '../write-rates.ts';
import type { JobFacts, Report } from './facts.ts';

export type StatusInput = Pick<JobFacts, 'job' | 'snapshot' | 'nowMs' | 'wallMs' | 'failure'>;

/** In characters. The status holds the longest message once, and the others several times. */
const longestMessage = 4_096;
const longestConditionMessage = 1_024;
const longestTransitionMessage = 512;

export function planStatus(input: StatusInput, report: Report): NeuroJobStatus {
  const { job, snapshot, wallMs } = input;
  const former = job.status;
  const now = rfc3339(wallMs);
  const isFinished = report.phase !== 'Pending' && report.phase !== 'Running';
  const finishTime = isFinished ? (former.finishTime ?? report.endedAt ?? now) : undefined;
  const { message } = report;
  const restarts = report.restarts ?? former.restarts;
  const startTime = former.startTime ?? report.startedAt;
  return {
    observedGeneration: job.metadata.generation,
    phase: report.phase,
    reason: report.reason,
    ...(message === undefined ? {} : { message: cut(message, longestMessage) }),
    ...defined({ exitCode: report.exitCode }),
    ...podOf(report, former),
    ...(snapshot === undefined || isFinished ? {} : { snapshotName: snapshot.name }),
    ...(job.spec.http === undefined || isFinished ? {} : { serviceName: job.metadata.name }),
    ...defined({ startTime }),
    ...runOf(input, report),
    ...defined({ finishTime }),
    ...(restarts === undefined || restarts === 0 ? {} : { restarts }),
    ...secretsOf(input, report),
    // Time limits of an unfinished job are measured from these times, so they are by the clock of the limits.
    transitions: transitionsOf(input, report, isFinished ? now : rfc3339(input.nowMs)),
    conditions: [...replaceConditions(former.conditions ?? [], conditionsOf(input, report), now)],
  };
}

/**
 * Returns how much it matters that the status is written again. Undefined: it is written at once, as the first status, the first start, every end,
 * and the record of a Pod that was created are. A tenant can cause the others as often as she likes, such as by a secret that comes and goes.
 */
export function weightOf(former: NeuroJobStatus, next: NeuroJobStatus): StatusWeight | undefined {
  const isFirst = former.phase === undefined;
  const hasNewPod = next.podUid !== undefined && next.podUid !== former.podUid;
  const hasStarted = former.startTime === undefined && next.startTime !== undefined;
  if (isFirst || hasNewPod || hasStarted || next.finishTime !== undefined) return undefined;
  return former.phase === next.phase && former.podUid === next.podUid ? 'detail' : 'change';
}

/** The secrets of the snapshot. Without one, they stay as before, unless the snapshot was deleted because access ended. */
function secretsOf({ job, snapshot }: StatusInput, { isMissing }: Report): Pick<NeuroJobStatus, 'secrets'> {
  if (snapshot !== undefined) {
    const secrets = snapshot.taken.map(({ namespace, name, key, version, uid }) => ({
      namespace,
      name,
      key,
      version,
      uid,
    }));
    return { secrets };
  }
  return job.status.secrets === undefined || isMissing === true ? {} : { secrets: job.status.secrets };
}

function podOf({ pod }: Report, former: NeuroJobStatus): Pick<NeuroJobStatus, 'podName' | 'podUid'> {
  if (pod === 'none') return {};
  if (pod !== undefined) return { podName: pod.metadata.name, podUid: pod.metadata.uid };
  return defined({ podName: former.podName, podUid: former.podUid });
}

/** The time of running: former Pods ran for `ranSeconds`, and the present one runs since `runningSince`. */
function runOf(
  { job, nowMs }: StatusInput,
  report: Report,
): Pick<NeuroJobStatus, 'runningSince' | 'ranSeconds' | 'lifeSpanEndsAt'> {
  const former = job.status;
  const isSamePod = report.pod === undefined || (report.pod !== 'none' && report.pod.metadata.uid === former.podUid);
  const since = (isSamePod ? former.runningSince : undefined) ?? report.startedAt;
  const ranSeconds = former.ranSeconds ?? 0;
  if (report.phase === 'Running') {
    if (since === undefined) return ranSeconds === 0 ? {} : { ranSeconds };
    const { lifeSpan } = job.spec;
    const endMs =
      lifeSpan === undefined ? undefined : Date.parse(since) + (parseDurationSeconds(lifeSpan) - ranSeconds) * 1000;
    return {
      runningSince: since,
      ...(ranSeconds === 0 ? {} : { ranSeconds }),
      ...(endMs === undefined ? {} : { lifeSpanEndsAt: rfc3339(endMs) }),
    };
  }
  const runBegan = former.runningSince ?? (report.endedAt === undefined ? undefined : report.startedAt);
  if (runBegan === undefined) return ranSeconds === 0 ? {} : { ranSeconds };
  const ranMs = (parseTimeMs(report.endedAt) ?? nowMs) - Date.parse(runBegan);
  const total = ranSeconds + Math.max(0, Math.round(ranMs / 1000));
  return total === 0 ? {} : { ranSeconds: total };
}

function transitionsOf({ job }: StatusInput, report: Report, now: string): NeuroJobTransition[] {
  const former = job.status.transitions ?? [];
  const last = former.at(-1);
  const { phase, reason, message } = report;
  if (last?.phase === phase && last.reason === reason) return [...former];
  const exitCode = report.exitCode ?? report.lastExitCode;
  const transition = {
    phase,
    reason,
    ...(message === undefined ? {} : { message: cut(message, longestTransitionMessage) }),
    time: now,
    ...defined({ exitCode }),
  };
  return [...former, transition].slice(-MAX_TRANSITIONS);
}

function conditionsOf(input: StatusInput, report: Report): readonly ConditionState[] {
  const { job, failure } = input;
  const { phase, reason } = report;
  const message = cut(report.message ?? sentences[phase], longestConditionMessage);
  const state = (type: string, status: 'True' | 'False'): ConditionState => ({
    type,
    status,
    reason,
    message,
    observedGeneration: job.metadata.generation,
  });
  const resolved = secretsResolved(input, report);
  // Something goes wrong beside what the phase says, such as a Service that cannot be made for a job that runs.
  const failing =
    failure?.isNow === true && phase !== 'Pending'
      ? [
          {
            ...state(CONDITION_RECONCILING, 'True'),
            reason: failure.reason,
            message: cut(failure.message, longestConditionMessage),
          },
        ]
      : [];
  const states = [...(resolved === undefined ? [] : [resolved]), ...failing];
  switch (phase) {
    case 'Pending':
      // A template has no conditions: tools that wait for objects must not wait for it.
      if (job.spec.suspend === true) return [];
      return [...states, state(CONDITION_READY, 'False'), state(CONDITION_RECONCILING, 'True')];
    case 'Running':
      return [...states, state(CONDITION_READY, reason === 'Running' ? 'True' : 'False')];
    // There is no Ready: with Ready=False, tools that wait for objects would take a success for a failure.
    case 'Succeeded':
      return [...states, state(CONDITION_COMPLETE, 'True')];
    // Cancelled by spec.cancel or spec.lifeSpan is intended; only revoked access needs attention.
    case 'Cancelled':
      return [
        ...states,
        state(CONDITION_FAILED, 'True'),
        ...(reason === 'AccessRevoked' ? [state(CONDITION_STALLED, 'True')] : []),
      ];
    case 'Failed':
      return [
        ...states,
        state(CONDITION_FAILED, 'True'),
        state(CONDITION_READY, 'False'),
        state(CONDITION_STALLED, 'True'),
      ];
    default:
      return phase satisfies never;
  }
}

const sentences: Readonly<Record<NeuroJobPhase, string>> = {
  Pending: 'the job waits to start',
  Running: 'the container runs',
  Succeeded: 'the container ended with exit code 0',
  Failed: 'the job failed',
  Cancelled: 'the job was cancelled',
};

function secretsResolved({ job, snapshot }: StatusInput, report: Report): ConditionState | undefined {
  const type = CONDITION_SECRETS_RESOLVED;
  const observedGeneration = job.metadata.generation;
  if (report.isMissing === true) {
    return {
      type,
      status: 'False',
      reason: 'MissingSecrets',
      message: cut(report.message ?? '', longestConditionMessage),
      observedGeneration,
    };
  }
  const count = jobSecretRefs(job).length;
  if (snapshot !== undefined || count === 0) {
    const message = count === 0 ? 'the job uses no secrets' : `the job has its secrets: ${count}`;
    return { type, status: 'True', reason: 'SecretsResolved', message, observedGeneration };
  }
  const former = findCondition(job.status.conditions, type);
  if (former === undefined) return undefined;
  const { status, reason, message } = former;
  return { type, status, reason, message, observedGeneration };
}

/** Cuts a text to `longest` characters. */
function cut(message: string, longest: number): string {
  return message.length <= longest ? message : `${message.slice(0, longest - 1)}…`;
}
