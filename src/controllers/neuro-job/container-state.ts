/**
 * How the container of a job fares, from its Pod: the many ways in which Kubernetes says it, in the few that a job has.
 * Pure. Texts of the container runtime are only passed on where they cannot quote the container's command.
 */
import type { NeuroJobReason, NeuroJobRestartPolicy } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { quotedWaitingReasons, type PodView } from '../pod-view.ts';
import { cannotRunSentence, endReason, startOf, type Terminated } from './container-end.ts';
import { lossOf, lost, stopOf, stoppedWithPod, type Lost } from './pod-loss.ts';

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
  | Lost;

type InitFailure = NonNullable<PodView['initFailure']>;

/** `hasRun`: the job has run before, in this Pod or in another one. */
export function containerStateOf(pod: PodView, restartPolicy: NeuroJobRestartPolicy, hasRun: boolean): ContainerState {
  const terminated = pod.container?.state?.terminated;
  if (pod.phase === 'Failed' || pod.phase === 'Succeeded') {
    const loss = lossOf(pod, hasRun);
    if (loss !== undefined) return loss;
    // Only the end of its Pod stops such a container for good, even if it then ends with 0.
    if (pod.phase === 'Succeeded' && restartPolicy === 'Always') return lost(stopOf(pod), terminated);
    if (terminated !== undefined) return ended(terminated, pod.hasOutput);
    if (pod.initFailure !== undefined) return initEnded(pod.initFailure);
    return { kind: 'lost', reason: 'PodLost', message: 'the Pod ended, and says nothing about its container' };
  }
  if (terminated !== undefined) {
    // Other containers, put in by others, can keep the Pod alive when ours is over.
    const isOver = restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && terminated.exitCode === 0);
    return isOver ? (stoppedWithPod(pod) ?? ended(terminated, pod.hasOutput)) : restarting(pod, hasRun);
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

function initEnded(failure: InitFailure): ContainerState {
  return { kind: 'ended', phase: 'Failed', reason: 'Error', message: initSentence(failure), hasOutput: false };
}

function initSentence({ name, exitCode }: InitFailure): string {
  return `the init container '${name}' ended with exit code ${exitCode}`;
}
