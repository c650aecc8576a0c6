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
  /** The Pod ended, and not because its container did. `exitCode`: of a container that was stopped for it, if the node knows. */
  | { readonly kind: 'lost'; readonly reason: LossReason; readonly message: string; readonly exitCode?: number };

/** Why a Pod was lost. */
type LossReason = Extract<NeuroJobReason, 'Evicted' | 'Preempted' | 'Rejected' | 'PodLost' | 'NotFound'>;

type InitFailure = NonNullable<PodView['initFailure']>;
type Terminated = NonNullable<NonNullable<NonNullable<PodView['container']>['state']>['terminated']>;

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

/**
 * Why something took the Pod away from its node, as Kubernetes records it before it deletes the Pod. Undefined: nobody recorded a reason, as
 * when a person deletes it.
 */
export function disruptionOf({ conditions }: PodView): Loss | undefined {
  const disruption = conditions?.find(({ type, status }) => disruptionTypes.has(type) && status === 'True');
  if (disruption === undefined) return undefined;
  const { type, reason = '', message } = disruption;
  return {
    reason: disruptions.get(type) ?? disruptions.get(reason) ?? 'PodLost',
    message: `the Pod was taken away: ${message ?? reason}`,
  };
}

type Loss = Pick<Extract<ContainerState, { readonly kind: 'lost' }>, 'reason' | 'message'>;

/** The second one is Kueue's, for a Pod whose quota it gives to another one, or whose workload somebody deletes. */
const disruptionTypes: ReadonlySet<string> = new Set(['DisruptionTarget', 'TerminationTarget']);
/** Conditions, or reasons of them, that have a word of their own. */
const disruptions: ReadonlyMap<string, LossReason> = new Map([
  ['TerminationTarget', 'Evicted'],
  ['EvictionByEvictionAPI', 'Evicted'],
  ['PreemptionByScheduler', 'Preempted'],
]);
/** The kubelet's words in the status of a Pod that it ends, in the same way. */
const kubeletReasons: ReadonlyMap<string, LossReason> = new Map([
  ['Evicted', 'Evicted'],
  ['Preempting', 'Preempted'],
]);

/** A Pod that its node does not admit has this at the start of its message, whatever the reason. */
const rejectedText = 'Pod was rejected: ';
/** Older kubelets say only the reason: OutOfcpu, OutOfmemory, OutOfpods, OutOf and the name of a device. */
const rejectedReason = /^(?:OutOf.+|NodeAffinity|NodeShutdown|UnexpectedAdmissionError)$/;

function lossOf(pod: PodView, hasRun: boolean): ContainerState | undefined {
  if (pod.phase !== 'Failed' || pod.reason === 'DeadlineExceeded') return undefined;
  const { terminated } = pod.container?.state ?? {};
  const byKubelet = rejectionOf(pod) ?? endedByKubelet(pod);
  if (byKubelet !== undefined) return lost(byKubelet, terminated);
  // It had done its work: only other containers of the Pod failed when they were told to stop.
  if (terminated?.exitCode === 0) return undefined;
  if (!isUnknown(terminated)) return stoppedWithPod(pod) ?? withDisruption(pod);
  return withDisruption(pod) ?? lost(unknownEnd(pod, hasRun), terminated);
}

/** The container failed because it was told to stop: somebody, or something, deletes its Pod. */
function stoppedWithPod(pod: PodView): ContainerState | undefined {
  const { terminated } = pod.container?.state ?? {};
  if (pod.metadata.deletionTimestamp === undefined || terminated === undefined) return undefined;
  return endReason(terminated) === 'Error' ? lost(stopOf(pod), terminated) : undefined;
}

function withDisruption(pod: PodView): ContainerState | undefined {
  const disruption = disruptionOf(pod);
  return disruption === undefined ? undefined : lost(disruption, pod.container?.state?.terminated);
}

function lost({ reason, message }: Loss, terminated: Terminated | undefined): ContainerState {
  // A container that is told to stop may end with 0. The Pod failed all the same.
  if (terminated === undefined || isUnknown(terminated) || terminated.exitCode === 0) {
    return { kind: 'lost', reason, message };
  }
  const { exitCode } = terminated;
  return { kind: 'lost', reason, message: `${message}; the container ended with exit code ${exitCode}`, exitCode };
}

function isUnknown(terminated: Terminated | undefined): boolean {
  return terminated?.reason === 'ContainerStatusUnknown';
}

/** The kubelet refused the Pod that the scheduler gave it, so the container was not started. */
function rejectionOf({ reason, message = '' }: PodView): Loss | undefined {
  const isRejected = message.startsWith(rejectedText) || rejectedReason.test(reason ?? '');
  if (!isRejected) return undefined;
  const why = message.startsWith(rejectedText) ? message.slice(rejectedText.length) : message;
  const word = reason === undefined ? '' : ` (${reason})`;
  return { reason: 'Rejected', message: `the node rejected the Pod${word}${why === '' ? '' : `: ${why}`}` };
}

function endedByKubelet({ reason, message }: PodView): Loss | undefined {
  if (reason === undefined) return undefined;
  return { reason: kubeletReasons.get(reason) ?? 'PodLost', message: `the Pod was taken away: ${message ?? reason}` };
}

/** What stopped a container that would have run on. */
function stopOf(pod: PodView): Loss {
  const isDeleted = pod.metadata.deletionTimestamp !== undefined;
  const unsaid: Loss = isDeleted
    ? { reason: 'NotFound', message: 'the Pod was deleted while its container ran' }
    : { reason: 'PodLost', message: 'the Pod was taken away, as when its node shuts down' };
  return disruptionOf(pod) ?? unsaid;
}

function unknownEnd({ metadata }: PodView, hasRun: boolean): Loss {
  if (metadata.deletionTimestamp === undefined)
    return { reason: 'PodLost', message: 'the Pod was taken away: its state is unknown' };
  const when = hasRun ? '; how its container ended is unknown' : ' before its container started';
  return { reason: 'NotFound', message: `the Pod was deleted${when}` };
}
