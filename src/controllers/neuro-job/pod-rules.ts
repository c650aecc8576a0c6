/** Rules about a job that has a Pod, or had one. Pure. */
import type { NeuroJobReason } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { refKey } from '../secret-refs.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { keptByFinalizer } from '../ownership.ts';
import { leavingLimitMs, type PodView } from '../pod-view.ts';
import { listOf, terminatingRefs } from './access.ts';
import { disruptionOf } from './container-state.ts';
import { earliest, lifeSpanEndMs, scheduleDeadlineMs, scheduleTimeoutMs, sinceReasonMs } from './deadlines.ts';
import type { JobFacts, JobPlan, Refusal } from './facts.ts';
import {
  contestOf,
  finish,
  isLeaving,
  lastStateOf,
  ofJob,
  pending,
  podReport,
  restartPolicyOf,
  running,
  reportOf,
  stateOf,
  reportingPlan,
} from './report.ts';

/** While a Pod is so young, its ordinary steps are not worth a write each. */
const quietPendingMs = 5_000;
/** The same while many jobs wait for their Pods, which come first. */
const busyQuietPendingMs = 30_000;
/** Between two looks meanwhile. */
const busyLookMs = 5_000;
/** How long after a change access is asked again: the API server may see a change of RBAC late. */
const recheckOffsetsMs: readonly number[] = [200, 1_200, 4_200];
/** A Service that was refused, or that something else keeps deleting, is tried again. */
const serviceRetryMs = 60_000;
/** Timers fire a little late. */
const recheckSlackMs = 300;

const imageReasons: ReadonlySet<string> = new Set<NeuroJobReason>([
  'ErrImagePull',
  'ErrImageNeverPull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RegistryUnavailable',
]);
const restartingReasons: ReadonlySet<string> = new Set<NeuroJobReason>(['Restarting']);
const silentReasons: ReadonlySet<string> = new Set<NeuroJobReason>(['ContainerCreating', 'PodInitializing']);
const quietReasons: ReadonlySet<string> = new Set<NeuroJobReason>([
  'Creating',
  'Scheduling',
  'Unschedulable',
  'ContainerCreating',
  'PodInitializing',
]);

/** Nothing is decided before the Pod has ended or is gone, or a dead node keeps it too long. */
export function podLeaving(facts: JobFacts): JobPlan | undefined {
  const { job, pod, nowMs } = facts;
  if (pod?.metadata.deletionTimestamp === undefined) return undefined;
  const rule = podLeaving.name;
  const limitMs = Date.parse(pod.metadata.deletionTimestamp) + leavingLimitMs;
  const isOverdue = limitMs <= nowMs;
  if (!mayRestart(job)) {
    if (!isOverdue) return { rule, requeueAtMs: earliest(limitMs, lifeSpanEndMs(facts, stateOf(facts))) };
    const why = lossOf(facts)?.message ?? 'the Pod was deleted';
    return finish(rule, facts, 'Failed', 'PodLost', `${why}, and its node does not answer`);
  }
  const why = lossOf(facts)?.message ?? 'the Pod is being deleted';
  const message = `${why}; another one is created as soon as it is gone${isOverdue ? `; ${keptBy(pod)}` : ''}`;
  const phase = job.status.phase === 'Running' ? 'Running' : 'Pending';
  const report = { ...reportOf(phase, 'Restarting', message), pod };
  return reportingPlan(
    rule,
    facts,
    report,
    earliest(isOverdue ? undefined : limitMs, lifeSpanEndMs(facts, stateOf(facts))),
  );
}

function keptBy(pod: PodView): string {
  const { name, namespace } = pod.metadata;
  return hasEnded(pod)
    ? keptByFinalizer(`pod ${name}`, namespace)
    : `its node does not answer (if the node is dead: kubectl delete pod ${name} -n ${namespace} --force)`;
}

/** Its node has reported the end, so only a finalizer can keep the object. */
function hasEnded({ phase }: PodView): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** The Pod's object has to go before another Pod can have the name. */
export function podLost(facts: JobFacts): JobPlan | undefined {
  const state = lastStateOf(facts);
  if (state?.kind !== 'lost') return undefined;
  const rule = podLost.name;
  if (!mayRestart(facts.job)) {
    const pod = podReport(facts.pod ?? facts.gonePod);
    return finish(rule, facts, 'Failed', state.reason, state.message, {
      ...pod,
      ...defined({ exitCode: state.exitCode }),
    });
  }
  if (facts.pod === undefined || isLeaving(facts.pod)) return undefined;
  return facts.isPodDeleted === true ? { rule } : { rule, steps: [{ do: 'delete-pod' }] };
}

/** Pulling the image is part of the time to start. */
export function scheduleTimeout(facts: JobFacts): JobPlan | undefined {
  const state = stateOf(facts);
  const deadlineMs = scheduleDeadlineMs(facts);
  if (state?.kind !== 'waiting' || deadlineMs === undefined || deadlineMs > facts.nowMs) return undefined;
  const isSilent = state.message === undefined && silentReasons.has(state.reason);
  const said = isSilent ? progressOf(facts) : state.message;
  const why = said === undefined ? state.reason : `${state.reason}: ${said}`;
  const message = `the job did not start in time (${why})${isSilent ? eventsHint(facts) : ''}`;
  return finish(scheduleTimeout.name, facts, 'Failed', 'ScheduleTimeout', message);
}

/** How far the node is with a Pod whose container waits without a word. */
function progressOf({ pod }: JobFacts): string | undefined {
  switch (pod?.conditions?.find(({ type }) => type === 'PodReadyToStartContainers')?.status) {
    case 'True':
      return 'its volumes and network are ready; its image is being pulled, or a container is being created';
    case 'False':
      return 'its volumes and network are not ready';
    default:
      return undefined;
  }
}

/** The status of a Pod does not say which volume cannot be mounted, for example. */
function eventsHint({ job: { metadata } }: JobFacts): string {
  return `; its events say more: kubectl events --for pod/${metadata.name} -n ${metadata.namespace}`;
}

/** Some images can never be pulled, others not for now; a minute is enough to tell. */
export function imageProblem(facts: JobFacts): JobPlan | undefined {
  const state = stateOf(facts);
  if (state?.kind !== 'waiting' || !imageReasons.has(state.reason)) return undefined;
  const { image } = facts.job.spec;
  const rule = imageProblem.name;
  if (state.reason === 'InvalidImageName') {
    return finish(rule, facts, 'Failed', 'InvalidImageName', `'${image}' is not the name of an image`);
  }
  const limitMs = sinceReasonMs(facts, imageReasons) + facts.settings.imagePullDelayMs;
  const why = state.message === undefined ? '' : `: ${state.message}`;
  if (limitMs <= facts.nowMs || state.reason === 'ErrImageNeverPull') {
    return finish(rule, facts, 'Failed', 'Collected', `the image '${image}' cannot be pulled${why}`);
  }
  // The kubelet goes back and forth between trying and pausing; one of both words is enough.
  const reason = facts.job.status.reason === 'ImagePullBackOff' ? 'ImagePullBackOff' : state.reason;
  return reportingPlan(
    rule,
    facts,
    pending(facts, reason, state.message),
    earliest(limitMs, scheduleDeadlineMs(facts)),
  );
}

/** A container that cannot be started again, such as one whose snapshot somebody deleted, would wait forever. */
export function restartBlocked(facts: JobFacts): JobPlan | undefined {
  const state = stateOf(facts);
  if (state?.kind !== 'restarting' || state.blockedBy === undefined) return undefined;
  const rule = restartBlocked.name;
  const limitMs = sinceReasonMs(facts, restartingReasons) + scheduleTimeoutMs(facts);
  if (limitMs > facts.nowMs) {
    return reportingPlan(rule, facts, running(facts, state), earliest(limitMs, lifeSpanEndMs(facts, state)));
  }
  const why = state.message === undefined ? '' : `: ${state.message}`;
  const exitCode = defined({ exitCode: state.exitCode });
  const reason = state.blockedBy as NeuroJobReason;
  return finish(rule, facts, 'Failed', reason, `the container could not be started again${why}`, exitCode);
}

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

export function serviceGone(facts: JobFacts): JobPlan | undefined {
  const isGone = facts.pod !== undefined && wantsService(facts) && serviceProblem(facts) === undefined;
  return isGone ? { rule: serviceGone.name, steps: [{ do: 'make-service' }] } : undefined;
}

export function podWaiting(facts: JobFacts): JobPlan | undefined {
  const { job, pod, nowMs } = facts;
  const state = stateOf(facts);
  if (state?.kind !== 'waiting' || pod === undefined) return undefined;
  const rule = podWaiting.name;
  const bornMs = Date.parse(pod.metadata.creationTimestamp);
  const isSilent = state.message === undefined && silentReasons.has(state.reason);
  const isEarly = nowMs < bornMs + quietPendingMs;
  const progressMs = isSilent && isEarly ? bornMs + quietPendingMs : undefined;
  const dueMs = earliest(scheduleDeadlineMs(facts), nextRecheckMs(facts), serviceRetryAtMs(facts), progressMs);
  const isKnown = job.status.podUid === pod.metadata.uid && job.status.phase === 'Pending';
  if (isKnown && quietReasons.has(state.reason) && state.message === undefined) {
    if (isEarly) return { rule, requeueAtMs: earliest(bornMs + quietPendingMs, dueMs) };
    const isHeldBack = facts.isBusy === true && nowMs < bornMs + busyQuietPendingMs;
    if (isHeldBack) return { rule, requeueAtMs: earliest(nowMs + busyLookMs, dueMs) };
  }
  const report = pending(facts, state.reason, state.message);
  const message =
    isSilent && !isEarly ? `${progressOf(facts) ?? 'its node prepares it'}${eventsHint(facts)}` : undefined;
  return withServiceRefused(facts, reportingPlan(rule, facts, { ...report, ...defined({ message }) }, dueMs));
}

export function podRuns(facts: JobFacts): JobPlan | undefined {
  const state = stateOf(facts);
  if (state?.kind !== 'running' && state?.kind !== 'restarting') return undefined;
  const dueMs = earliest(lifeSpanEndMs(facts, state), nextRecheckMs(facts), serviceRetryAtMs(facts));
  return withServiceRefused(facts, reportingPlan(podRuns.name, facts, running(facts, state), dueMs));
}

/** Deleted by somebody, or taken away. Our view of Pods may lag behind, so the API server is asked first. */
export function podVanished(facts: JobFacts): JobPlan | undefined {
  const { job, gonePod, nowMs } = facts;
  if (facts.pod !== undefined) return undefined;
  // Before it was recorded, a Pod can go as well. What may run again starts from the beginning then.
  if (job.status.podUid === undefined && (gonePod === undefined || mayRestart(job))) return undefined;
  const rule = podVanished.name;
  if (facts.isPodGone !== true) return { rule, steps: [{ do: 'look-for-pod' }] };
  const loss = lossOf(facts);
  if (!mayRestart(job)) {
    const { reason, message } = loss ?? { reason: 'NotFound', message: vanishedMessage };
    return finish(rule, facts, 'Failed', reason, message);
  }
  const restarts = (job.status.restarts ?? 0) + 1;
  const report = {
    ...reportOf('Pending', 'Restarting', `${loss?.message ?? 'the Pod is gone'}; another one is created`),
    pod: 'none',
    restarts,
  } as const;
  return reportingPlan(rule, facts, report, nowMs);
}

/** Why the last Pod goes, or went; undefined where nobody recorded it. */
function lossOf(facts: JobFacts): ReturnType<typeof disruptionOf> {
  const state = lastStateOf(facts);
  if (state?.kind === 'lost') return state;
  const pod = facts.pod ?? facts.gonePod;
  return pod === undefined ? undefined : disruptionOf(pod);
}

/** Deleted with --force, or while no operator looked. */
const vanishedMessage = 'the Pod of the job was deleted, and how its container ended is not known';

function serviceRetryAtMs(facts: JobFacts): number | undefined {
  return serviceProblem(facts) === undefined ? undefined : facts.nowMs + serviceRetryMs;
}

/** Why the Service is missing, and is not created now. */
function serviceProblem(facts: JobFacts): Refusal | undefined {
  return wantsService(facts) ? (facts.refusal ?? contestOf(facts, 'Service')) : undefined;
}

/** The status is about the container; an event says that its Service is missing. */
function withServiceRefused(facts: JobFacts, plan: JobPlan): JobPlan {
  const problem = serviceProblem(facts);
  if (problem === undefined) return plan;
  return { ...plan, events: [...(plan.events ?? []), ofJob(facts.job, problem.reason, 'Reconcile', problem.message)] };
}

export function wantsService({ job, service }: JobFacts): boolean {
  return job.spec.http !== undefined && service === undefined;
}

function mayRestart(job: NeuroJobView): boolean {
  return restartPolicyOf(job) !== 'Never';
}

function isRecheckDue({ nowMs, changedMs }: JobFacts): boolean {
  return nowMs - changedMs <= (recheckOffsetsMs.at(-1) ?? 0) + recheckSlackMs;
}

function nextRecheckMs(facts: JobFacts): number | undefined {
  const { nowMs, changedMs, pod } = facts;
  if (pod === undefined || isLeaving(pod) || terminatingRefs(facts).length === 0) return undefined;
  return recheckOffsetsMs.map((offsetMs) => changedMs + offsetMs).find((dueMs) => dueMs > nowMs);
}
