/** How a Pod ended where not its container ended it: evicted, preempted, rejected, deleted, or lost with its node. Pure. */
import type { NeuroJobReason } from '../../api/index.ts';
import type { PodView } from '../pod-view.ts';
import { endReason, type Terminated } from './container-end.ts';

/** Why a Pod was lost. */
type LossReason = Extract<NeuroJobReason, 'Evicted' | 'Preempted' | 'Rejected' | 'PodLost' | 'NotFound'>;

interface Loss {
  readonly reason: LossReason;
  readonly message: string;
}

/** The Pod ended, and not because its container did. `exitCode`: of a container that was stopped for it, if the node knows. */
export interface Lost extends Loss {
  readonly kind: 'lost';
  readonly exitCode?: number;
}

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

export function lossOf(pod: PodView, hasRun: boolean): Lost | undefined {
  if (pod.phase !== 'Failed' || pod.reason === 'DeadlineExceeded') return undefined;
  const { terminated } = pod.container?.state ?? {};
  const byKubelet = rejectionOf(pod) ?? endedByKubelet(pod);
  if (byKubelet !== undefined) return lost(byKubelet, terminated);
  // The container of the job succeeded. Only other containers of the Pod failed when they got SIGTERM.
  if (terminated?.exitCode === 0) return undefined;
  if (!isUnknown(terminated)) return stoppedWithPod(pod) ?? withDisruption(pod);
  return withDisruption(pod) ?? lost(unknownEnd(pod, hasRun), terminated);
}

/** The container failed after SIGTERM, because somebody or something deletes its Pod. */
export function stoppedWithPod(pod: PodView): Lost | undefined {
  const { terminated } = pod.container?.state ?? {};
  if (pod.metadata.deletionTimestamp === undefined || terminated === undefined) return undefined;
  return endReason(terminated) === 'Error' ? lost(stopOf(pod), terminated) : undefined;
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

function withDisruption(pod: PodView): Lost | undefined {
  const disruption = disruptionOf(pod);
  return disruption === undefined ? undefined : lost(disruption, pod.container?.state?.terminated);
}

export function lost({ reason, message }: Loss, terminated: Terminated | undefined): Lost {
  // A container can end with exit code 0 after SIGTERM. Its Pod has failed nevertheless.
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
export function stopOf(pod: PodView): Loss {
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
