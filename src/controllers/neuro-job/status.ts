/** The status of a NeuroJob, from a report of how it stands. Pure: the same report gives the same status to the letter. */
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
  replaceConditions,
  rfc3339,
  type ConditionState,
  type NeuroJobPhase,
  type NeuroJobStatus,
  type NeuroJobTransition,
} from '../../api/index.ts';
import type { NeuroJobView, PodView } from '../views.ts';
import type { Snapshot } from './facts.ts';
import { jobSecretRefs, type SecretRef } from './secret-refs.ts';

/** How a job stands, before it is known what the status said so far. */
export interface Report {
  readonly phase: NeuroJobPhase;
  readonly reason: string;
  readonly message?: string;
  readonly exitCode?: number;
  /** Of the run before, when the container is started again. */
  readonly lastExitCode?: number;
  /** `none`: it is gone, and another one is to be made. Omitted: as before. */
  readonly pod?: PodView | 'none';
  /** When the container of this Pod began and ended to run. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly restarts?: number;
  /** Secrets are missing. */
  readonly isMissing?: boolean;
  /** Secrets of others whose owners may learn that this job asks for them in vain. */
  readonly denied?: readonly SecretRef[];
}

export interface StatusInput {
  readonly job: NeuroJobView;
  readonly report: Report;
  readonly snapshot: Snapshot | undefined;
  readonly nowMs: number;
}

/** The CRD's limits, in characters. A container's last words have at most 4096 bytes; 32 missing secrets can be longer. */
const longestMessage = 32_768;
const longestTransitionMessage = 4096;

export function planStatus(input: StatusInput): NeuroJobStatus {
  const { job, report, snapshot, nowMs } = input;
  const former = job.status;
  const now = rfc3339(nowMs);
  const isFinished = report.phase !== 'Pending' && report.phase !== 'Running';
  const finishTime = isFinished ? (former.finishTime ?? report.endedAt ?? now) : undefined;
  const { message } = report;
  const restarts = report.restarts ?? former.restarts;
  const startTime = former.startTime ?? report.startedAt;
  const secrets = snapshot?.taken.map(({ namespace, name, key, version, uid }) => ({
    namespace,
    name,
    key,
    version,
    uid,
  }));
  return {
    observedGeneration: job.metadata.generation,
    phase: report.phase,
    reason: report.reason,
    ...(message === undefined ? {} : { message: cut(message) }),
    ...(report.exitCode === undefined ? {} : { exitCode: report.exitCode }),
    ...podOf(report, former),
    ...(snapshot === undefined || isFinished ? {} : { snapshotName: snapshot.name }),
    ...(job.spec.http === undefined || isFinished ? {} : { serviceName: job.metadata.name }),
    ...(startTime === undefined ? {} : { startTime }),
    ...runOf(input, now),
    ...(finishTime === undefined ? {} : { finishTime }),
    ...(restarts === undefined || restarts === 0 ? {} : { restarts }),
    ...(secrets === undefined ? (former.secrets === undefined ? {} : { secrets: former.secrets }) : { secrets }),
    transitions: transitionsOf(input, now),
    conditions: [...replaceConditions(former.conditions ?? [], conditionsOf(input), now)],
  };
}

function podOf({ pod }: Report, former: NeuroJobStatus): Pick<NeuroJobStatus, 'podName' | 'podUid'> {
  if (pod === 'none') return {};
  if (pod !== undefined) return { podName: pod.metadata.name, podUid: pod.metadata.uid };
  return {
    ...(former.podName === undefined ? {} : { podName: former.podName }),
    ...(former.podUid === undefined ? {} : { podUid: former.podUid }),
  };
}

/** Time of running: of former Pods in `ranSeconds`, of this one since `runningSince`. */
function runOf(
  { job, report }: StatusInput,
  now: string,
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
  const ranMs = Date.parse(report.endedAt ?? now) - Date.parse(runBegan);
  const total = ranSeconds + Math.max(0, Math.round(ranMs / 1000));
  return total === 0 ? {} : { ranSeconds: total };
}

function transitionsOf({ job, report }: StatusInput, now: string): NeuroJobTransition[] {
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
    ...(exitCode === undefined ? {} : { exitCode }),
  };
  return [...former, transition].slice(-MAX_TRANSITIONS);
}

function conditionsOf(input: StatusInput): readonly ConditionState[] {
  const { job, report } = input;
  const { phase, reason } = report;
  const message = cut(report.message ?? sentences[phase]);
  const state = (type: string, status: 'True' | 'False'): ConditionState => ({
    type,
    status,
    reason,
    message,
    observedGeneration: job.metadata.generation,
  });
  const resolved = secretsResolved(input);
  const states = resolved === undefined ? [] : [resolved];
  switch (phase) {
    case 'Pending':
      return [...states, state(CONDITION_READY, 'False'), state(CONDITION_RECONCILING, 'True')];
    case 'Running':
      return [...states, state(CONDITION_READY, reason === 'Running' ? 'True' : 'False')];
    // Without Ready: whoever waits for objects to be ready takes an end that is no failure for one.
    case 'Succeeded':
      return [...states, state(CONDITION_COMPLETE, 'True')];
    // Cancelled as told, by spec.cancel or spec.lifeSpan, is what was wanted; only access that was taken away needs somebody.
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

function secretsResolved({ job, report, snapshot }: StatusInput): ConditionState | undefined {
  const type = CONDITION_SECRETS_RESOLVED;
  const observedGeneration = job.metadata.generation;
  if (report.isMissing === true) {
    return { type, status: 'False', reason: 'MissingSecrets', message: cut(report.message ?? ''), observedGeneration };
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

/** The end says most: a container's last words are the tail of its log. */
function cut(message: string, longest = longestMessage): string {
  return message.length <= longest ? message : `…${message.slice(1 - longest)}`;
}
