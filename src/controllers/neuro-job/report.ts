/** Reports of how a job stands, the events about it, and the plans that report. Pure. */
import {
  API_VERSION,
  CONDITION_RECONCILING,
  findCondition,
  type NeuroJobPhase,
  type NeuroJobReason,
  type NeuroJobRestartPolicy,
  type UserSecretReason,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { PlannedEvent } from '../plan.ts';
import { refKey } from '../secret-refs.ts';
import type { PodView } from '../pod-view.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { identityOf } from './access.ts';
import { containerStateOf, restartsIn, type ContainerState } from './container-state.ts';
import type { JobFacts, JobPlan, JobStep, Leftovers, Refusal, Report } from './facts.ts';
import type { JobPart } from './job-repairs.ts';
import { planStatus, weightOf } from './status.ts';

/** Waiting for one of these is worth a warning. */
const troubles: ReadonlySet<string> = new Set<NeuroJobReason>([
  'ApiError',
  'Conflict',
  'ContainerCannotRun',
  'Contested',
  'CreateContainerConfigError',
  'ErrImagePull',
  'ImagePullBackOff',
  'InternalError',
  'MissingSecrets',
  'QuotaExhausted',
  'Refused',
  'Rejected',
]);

export function restartPolicyOf({ spec }: NeuroJobView): NeuroJobRestartPolicy {
  return spec.restartPolicy ?? 'Never';
}

export function stateOf({ job, pod }: JobFacts): ContainerState | undefined {
  return pod === undefined
    ? undefined
    : containerStateOf(pod, restartPolicyOf(job), job.status.startTime !== undefined);
}

/** How the container of the last Pod fares, or fared when that Pod went. */
export function lastStateOf(facts: JobFacts): ContainerState | undefined {
  return stateOf({ ...facts, pod: facts.pod ?? facts.gonePod });
}

/** The plan that reports how the job stands, and is at rest. */
export function reportingPlan(rule: string, facts: JobFacts, report: Report, requeueAtMs?: number): JobPlan {
  const status = planStatus(facts, report);
  return {
    rule,
    status,
    statusWeight: weightOf(facts.job.status, status),
    events: eventsOf(facts, report),
    ...(requeueAtMs === undefined ? {} : { requeueAtMs, requeueLane: 'change' as const }),
  };
}

/** The plan that reports an end, and then removes what the job needs no more. */
export function finish(
  rule: string,
  facts: JobFacts,
  phase: 'Succeeded' | 'Failed' | 'Cancelled',
  reason: NeuroJobReason,
  message: string | undefined,
  { steps = [], ...more }: Partial<Report> & { readonly steps?: readonly JobStep[] } = {},
): JobPlan {
  const report: Report = { ...reportOf(phase, reason, message), ...podReport(facts.pod), ...more };
  const leftovers = leftoversOf(facts, phase);
  return {
    ...reportingPlan(rule, facts, report),
    steps: [...steps, ...(leftovers === undefined ? [] : [{ do: 'clean-up' as const, ...leftovers }])],
    // What follows an end, such as ttlAfterFinished, is the next look's.
    requeueAtMs: facts.nowMs,
  };
}

export function pending(facts: JobFacts, reason: string, message: string | undefined): Report {
  const { status } = facts.job;
  // Schedulers and kubelets keep rewording the same problem.
  const isSame = status.phase === 'Pending' && status.reason === reason;
  return { ...reportOf('Pending', reason, isSame ? (status.message ?? message) : message), ...podReport(facts.pod) };
}

export function running(
  facts: JobFacts,
  state: Extract<ContainerState, { readonly kind: 'running' | 'restarting' }>,
): Report {
  const startedAt = defined({ startedAt: state.startedAt });
  const pod = podReport(facts.pod);
  if (state.kind === 'running') return { ...reportOf('Running', 'Running', undefined), ...pod, ...startedAt };
  const message =
    state.message ??
    (state.exitCode === undefined
      ? undefined
      : `the container ended with exit code ${state.exitCode} and is started again`);
  const lastExitCode = defined({ lastExitCode: state.exitCode });
  return { ...reportOf('Running', 'Restarting', message), ...pod, ...startedAt, ...lastExitCode };
}

export function reportOf(phase: Report['phase'], reason: string, message: string | undefined): Report {
  return { phase, reason, ...defined({ message }) };
}

/** The objects of the job that it does not need any more in that phase; undefined where there are none. */
export function leftoversOf(facts: JobFacts, phase: NeuroJobPhase): Leftovers | undefined {
  const secretNames = facts.ownSecrets
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name);
  const service = facts.service !== undefined && facts.service.metadata.deletionTimestamp === undefined;
  const pod = facts.pod !== undefined && !isLeaving(facts.pod) && !isKept(facts.pod, phase);
  return secretNames.length > 0 || service || pod ? { secretNames, service, pod } : undefined;
}

export function isLeaving({ metadata }: PodView): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** The Pod of a container that ended by itself stays, for its logs. */
export function isKept({ phase, container }: PodView, jobPhase: NeuroJobPhase | undefined): boolean {
  const isOver = phase === 'Succeeded' || phase === 'Failed' || container?.state?.terminated !== undefined;
  return jobPhase !== 'Cancelled' && isOver;
}

/** The Pod that a report is about. */
export function podReport(pod: PodView | undefined): Pick<Report, 'pod' | 'restarts'> {
  return pod === undefined ? {} : { pod, restarts: pod.restartsBefore + restartsIn(pod) };
}

/** Why that part is not created now, where something keeps deleting it. */
export function contestOf(facts: JobFacts, part: JobPart): Refusal | undefined {
  const { job, repairWaitMs } = facts;
  if (repairWaitMs[part] === 0) return undefined;
  const state = part === 'Pod' ? lastStateOf(facts) : undefined;
  // Its Pods were lost by themselves, one after the other.
  if (state?.kind === 'lost' && state.reason !== 'NotFound')
    return {
      isFinal: false,
      reason: state.reason,
      message: `${state.message}; it is created again with growing pauses`,
    };
  const message = `something else deletes the ${part} '${job.metadata.name}' whenever it is created: it is created again with growing pauses`;
  return { isFinal: false, reason: 'Contested', message };
}

/** The event for a job whose state changed for the worse; the ordinary course causes none. */
function eventsOf(facts: JobFacts, report: Report): readonly PlannedEvent[] {
  const { job, failure } = facts;
  const { phase, reason, message = reason } = report;
  const { status } = job;
  const failing =
    failure?.isNow === true && reason !== failure.reason && !isFailureReported(job, failure.reason)
      ? [ofJob(job, failure.reason, 'Reconcile', failure.message)]
      : [];
  // The end was reported already.
  if (status.finishTime !== undefined) return failing;
  if (status.phase === phase && status.reason === reason && status.message === report.message) return failing;
  const isTrouble = phase === 'Failed' || (phase === 'Pending' && troubles.has(reason)) || reason === 'AccessRevoked';
  if (!isTrouble) return failing;
  return [
    ofJob(job, reason, phase === 'Pending' ? 'Start' : 'Finish', message),
    ...ownersEvents(facts, report),
    ...failing,
  ];
}

function isFailureReported({ status }: NeuroJobView, reason: string): boolean {
  return findCondition(status.conditions, CONDITION_RECONCILING)?.reason === reason;
}

export function ofJob({ metadata }: NeuroJobView, reason: string, action: string, note: string): PlannedEvent {
  const { namespace, name, uid } = metadata;
  return {
    regarding: { apiVersion: API_VERSION, kind: 'NeuroJob', namespace, name, uid },
    text: { type: 'Warning', reason, action, note },
  };
}

/** The owner's side may learn who asks in vain; the job's side learns nothing. */
function ownersEvents({ job, userSecrets }: JobFacts, { denied = [] }: Report): readonly PlannedEvent[] {
  return denied.flatMap((ref) => {
    const userSecret = userSecrets.get(refKey(ref));
    if (userSecret === undefined) return [];
    const { namespace, name, uid } = userSecret.metadata;
    const note = `a job of ${identityOf(job).user} asks for this secret, and may not use it`;
    return [
      {
        regarding: { apiVersion: API_VERSION, kind: 'UserSecret', namespace, name, uid },
        text: { type: 'Warning', reason: 'UseDenied' satisfies UserSecretReason, action: 'Use', note },
      },
    ];
  });
}
