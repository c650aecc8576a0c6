/** Rules about a job with a Pod whose container has not run yet. Pure. */
import type { NeuroJobReason } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { nextRecheckMs } from './access-rules.ts';
import { earliest, scheduleDeadlineMs, sinceReasonMs } from './deadlines.ts';
import type { JobFacts, JobPlan } from './facts.ts';
import { finish, pending, stateOf, reportingPlan } from './report.ts';
import { serviceRetryAtMs, withServiceRefused } from './service-rules.ts';

/** While a Pod is so young, its ordinary steps are not worth a write each. */
const quietPendingMs = 5_000;
/** The same while many jobs wait for their Pods, which come first. */
const busyQuietPendingMs = 30_000;
/** Between two looks meanwhile. */
const busyLookMs = 5_000;

const imageReasons: ReadonlySet<string> = new Set<NeuroJobReason>([
  'ErrImagePull',
  'ErrImageNeverPull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RegistryUnavailable',
]);

const silentReasons: ReadonlySet<string> = new Set<NeuroJobReason>(['ContainerCreating', 'PodInitializing']);

const quietReasons: ReadonlySet<string> = new Set<NeuroJobReason>([
  'Creating',
  'Scheduling',
  'Unschedulable',
  'ContainerCreating',
  'PodInitializing',
]);

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
