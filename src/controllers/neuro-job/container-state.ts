/**
 * How the container of a job fares, from its Pod: the many ways in which Kubernetes says it, in the few that a job has.
 * Pure. Texts of the container runtime are only passed on where they cannot quote the container's command.
 */
import type { NeuroJobReason, NeuroJobRestartPolicy } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { quotedWaitingReasons, type PodView } from '../pod-view.ts';

export type ContainerState =
  /** Has not run in this Pod yet. */
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAt: string }
  /** Has run and will again, in this Pod. `blockedBy`: what keeps it from it, other than the pause between restarts. */
  | {
      readonly kind: 'restarting';
      readonly startedAt?: string;
      readonly exitCode?: number;
      readonly blockedBy?: string;
      readonly message?: string;
    }
  /** Ended for good, by itself. `hasOutput`: the container left last words, which may quote a secret. */
  | {
      readonly kind: 'ended';
      readonly phase: 'Succeeded' | 'Failed';
      readonly reason: NeuroJobReason;
      /** Undefined: the container never ran, because an init container that others put into the Pod failed. */
      readonly exitCode?: number;
      readonly message?: string;
      readonly startedAt?: string;
      readonly finishedAt?: string;
      readonly hasOutput: boolean;
    }
  /** Taken away: evicted, preempted, or its node is gone. */
  | { readonly kind: 'lost'; readonly reason: 'Evicted' | 'PodLost'; readonly message: string };

type InitFailure = NonNullable<PodView['initFailure']>;
type Terminated = NonNullable<NonNullable<NonNullable<PodView['container']>['state']>['terminated']>;

/** `hasRun`: the job has run before, in this Pod or in another one. */
export function containerStateOf(pod: PodView, restartPolicy: NeuroJobRestartPolicy, hasRun: boolean): ContainerState {
  const terminated = pod.container?.state?.terminated;
  if (pod.phase === 'Failed' || pod.phase === 'Succeeded') {
    const loss = lossOf(pod);
    if (loss !== undefined) return loss;
    if (terminated !== undefined) return ended(terminated, pod.hasOutput);
    if (pod.initFailure !== undefined) return initEnded(pod.initFailure);
    return { kind: 'lost', reason: 'PodLost', message: 'the Pod ended, and says nothing about its container' };
  }
  if (terminated !== undefined) {
    // Other containers, put in by others, can keep the Pod alive when ours is over.
    const isOver = restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && terminated.exitCode === 0);
    return isOver ? ended(terminated, pod.hasOutput) : restarting(pod, hasRun);
  }
  const { running, waiting } = pod.container?.state ?? {};
  if (running !== undefined) return { kind: 'running', startedAt: running.startedAt ?? pod.metadata.creationTimestamp };
  if (pod.container?.lastState?.terminated !== undefined || (pod.container?.restartCount ?? 0) > 0) {
    return restarting(pod, hasRun, waiting?.reason);
  }
  return waitingState(pod, waiting);
}

/** How often the kubelet started the container again in this Pod. */
export function restartsIn(pod: PodView): number {
  return pod.container?.restartCount ?? 0;
}

function waitingState(
  pod: PodView,
  waiting: { readonly reason?: string; readonly message?: string } | undefined,
): ContainerState {
  if (pod.initFailure !== undefined && (waiting?.reason ?? 'PodInitializing') === 'PodInitializing') {
    return {
      kind: 'waiting',
      reason: 'PodInitializing',
      message: `${initSentence(pod.initFailure)} and is started again`,
    };
  }
  if (waiting?.reason !== undefined) return { kind: 'waiting', reason: waiting.reason, ...spoken(waiting) };
  if (pod.nodeName !== undefined) return { kind: 'waiting', reason: 'ContainerCreating' };
  if (pod.isGated) return { kind: 'waiting', reason: 'SchedulingGated' };
  const scheduled = pod.conditions?.find(({ type }) => type === 'PodScheduled');
  return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable'
    ? {
        kind: 'waiting',
        reason: 'Unschedulable',
        ...defined({ message: scheduled.message }),
      }
    : { kind: 'waiting', reason: 'Scheduling' };
}

function restarting(pod: PodView, hasRun: boolean, waitingReason?: string): ContainerState {
  const last = pod.container?.state?.terminated ?? pod.container?.lastState?.terminated;
  const startedAt = last === undefined ? undefined : startOf(last);
  const isOrdinary =
    waitingReason === undefined || ['CrashLoopBackOff', 'ContainerCreating', 'PodInitializing'].includes(waitingReason);
  // The kubelet goes back and forth between its pause and a try that fails.
  const isFailingStart = isOrdinary || waitingReason === 'RunContainerError';
  if (last !== undefined && isFailingStart && endReason(last) === 'ContainerCannotRun') {
    const [reason, message] = ['ContainerCannotRun', cannotRunSentence(last)];
    // A container that never ran has no life span that could end: the time to start has to.
    return hasRun
      ? { kind: 'restarting', exitCode: last.exitCode, blockedBy: reason, message }
      : { kind: 'waiting', reason, message };
  }
  return {
    kind: 'restarting',
    ...defined({ startedAt, exitCode: last?.exitCode }),
    ...(isOrdinary ? {} : { blockedBy: waitingReason, ...spoken(pod.container?.state?.waiting) }),
  };
}

function spoken(waiting: { readonly reason?: string; readonly message?: string } | undefined): {
  readonly message?: string;
} {
  return waiting?.message !== undefined && quotedWaitingReasons.has(waiting.reason ?? '')
    ? { message: waiting.message }
    : {};
}

function ended(terminated: Terminated, hasOutput: boolean): ContainerState {
  const { exitCode, finishedAt, reason } = terminated;
  const startedAt = startOf(terminated);
  const message =
    endReason(terminated) === 'ContainerCannotRun'
      ? cannotRunSentence(terminated)
      : exitCode !== 0
        ? `the container ended with exit code ${exitCode}`
        : reason === 'OOMKilled'
          ? 'the container ended with exit code 0, but one of its processes was killed because the memory limit was reached'
          : undefined;
  return {
    kind: 'ended',
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    reason: endReason(terminated),
    exitCode,
    ...defined({ message, startedAt, finishedAt }),
    hasOutput,
  };
}

/** The runtime says which, and may quote the command for it. */
function cannotRunSentence({ exitCode }: Terminated): string {
  return (
    `the container did not start (exit code ${exitCode}): its command cannot be run in the image, ` +
    'or a file, a folder or a variable of the job cannot be set there'
  );
}

function initEnded(failure: InitFailure): ContainerState {
  return { kind: 'ended', phase: 'Failed', reason: 'Error', message: initSentence(failure), hasOutput: false };
}

function initSentence({ name, exitCode }: InitFailure): string {
  return `the init container '${name}' ended with exit code ${exitCode}`;
}

/** The start of time stands for a container that was never started. */
function startOf({ startedAt }: Terminated): string | undefined {
  return startedAt !== undefined && Date.parse(startedAt) > 0 ? startedAt : undefined;
}

function endReason({ reason, exitCode }: Terminated): NeuroJobReason {
  switch (reason) {
    case 'OOMKilled':
    case 'ContainerCannotRun':
    case 'DeadlineExceeded':
      return reason;
    // Containerd's word for the same.
    case 'StartError':
      return 'ContainerCannotRun';
    default:
      return exitCode === 0 ? 'Completed' : 'Error';
  }
}

function lossOf(pod: PodView): ContainerState | undefined {
  if (pod.phase !== 'Failed') return undefined;
  const disruption = pod.conditions?.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
  const isUnknown = pod.container?.state?.terminated?.reason === 'ContainerStatusUnknown';
  if (pod.reason === undefined && disruption === undefined && !isUnknown) return undefined;
  if (pod.reason === 'DeadlineExceeded') return undefined;
  const why = pod.message ?? disruption?.message ?? disruption?.reason ?? pod.reason ?? 'its state is unknown';
  return {
    kind: 'lost',
    reason: pod.reason === 'Evicted' ? 'Evicted' : 'PodLost',
    message: `the Pod was taken away: ${why}`,
  };
}
