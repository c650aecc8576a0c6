/** What the store of Pods keeps: how the container of a job fares. Texts that may quote a secret are not kept. */
import { JOB_CONTAINER, LABEL_RESTARTS } from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject } from '../kernel/index.ts';
import { type ViewMeta, metaOf } from './meta-view.ts';
import { boundedUid, ownerUid } from './ownership.ts';
import type { Pod } from './resources.ts';

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** A Pod of a job: what says how the container fares. Texts that may quote a secret are not kept. */
export interface PodView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly ownerUid: string | undefined;
  readonly nodeName: string | undefined;
  readonly isGated: boolean;
  readonly phase: string | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly conditions: NonNullable<Pod['status']>['conditions'];
  readonly container: ContainerStatus | undefined;
  /** The container ended and left last words. */
  readonly hasOutput: boolean;
  /** An init container, which others put in, that failed. */
  readonly initFailure: { readonly name: string; readonly exitCode: number } | undefined;
  /** Others put containers beside the job's. A sidecar among the init containers is none: the kubelet ends it with the job. */
  readonly hasOthers: boolean;
  /** Its time is limited, so it ends even if other containers run on. */
  readonly isEnding: boolean;
  /** Restarts of the job before this Pod. It stands on the Pod itself, so that a Pod whose making was not recorded still counts right. */
  readonly restartsBefore: number;
}

/** How long after its time a Pod that is being deleted may stay, before its node counts as dead. */
export const leavingLimitMs = 60_000;

/** Their messages are about the image, the node or the Pod; those of all others may quote the command or a variable. */
export const quotedWaitingReasons: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'ErrImageNeverPull',
  'ErrImagePull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RegistryUnavailable',
]);

/** Whether the job's container runs, or can still start. */
export function mayRun({ phase, container }: PodView): boolean {
  if (container?.state?.running !== undefined) return true;
  return container?.state?.terminated === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}

export function viewPod(object: Pod): PodView {
  const { status, spec } = object;
  // Something may have put a sidecar into the Pod; the job's own container is the one of that name.
  const container = status?.containerStatuses?.find(({ name }) => name === JOB_CONTAINER);
  return {
    metadata: metaOf(object.metadata),
    ownerUid: boundedUid(ownerUid(object.metadata)),
    nodeName: spec?.nodeName,
    isGated: (spec?.schedulingGates?.length ?? 0) > 0,
    phase: status?.phase,
    reason: status?.reason,
    message: status?.message,
    conditions: status?.conditions,
    container: container === undefined ? undefined : withoutTexts(container),
    hasOutput: (container?.state?.terminated?.message ?? '').trim() !== '',
    initFailure: initFailureOf(object),
    hasOthers: status?.containerStatuses?.some(({ name }) => name !== JOB_CONTAINER) === true,
    isEnding: spec?.activeDeadlineSeconds !== undefined,
    restartsBefore: restartsBefore(object.metadata.labels),
  };
}

function initFailureOf({ spec, status }: Pod): PodView['initFailure'] {
  const failures = (status?.initContainerStatuses ?? []).flatMap(({ name, state, lastState }) => {
    const exitCode = (state?.terminated ?? lastState?.terminated)?.exitCode;
    return exitCode !== undefined && exitCode !== 0 ? [{ name, exitCode }] : [];
  });
  // A sidecar that restarts is killed when its Pod ends, so it is the cause only where nothing else failed.
  const isSidecar = (failed: string): boolean =>
    spec?.initContainers?.some(({ name, restartPolicy }) => name === failed && restartPolicy === 'Always') === true;
  return failures.find(({ name }) => !isSidecar(name)) ?? failures[0];
}

function restartsBefore(labels: Readonly<Record<string, string>> | undefined): number {
  const count = Number(labels?.[LABEL_RESTARTS] ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

function withoutTexts({ state, lastState, ...rest }: ContainerStatus): ContainerStatus {
  return {
    ...rest,
    ...(state === undefined ? {} : { state: silent(state) }),
    ...(lastState === undefined ? {} : { lastState: silent(lastState) }),
  };
}

type ContainerState = NonNullable<ContainerStatus['state']>;

/** The state without the last words of a container, and without messages of the runtime that may quote the command. */
function silent({ terminated, waiting, running }: ContainerState): ContainerState {
  const maySpeak = quotedWaitingReasons.has(waiting?.reason ?? '');
  return {
    ...defined({ running }),
    ...(terminated === undefined ? {} : { terminated: withoutMessage(terminated) }),
    ...(waiting === undefined ? {} : { waiting: maySpeak ? waiting : withoutMessage(waiting) }),
  };
}

function withoutMessage<T extends { readonly message?: string }>({
  message: _message,
  ...rest
}: T): Omit<T, 'message'> {
  return rest;
}
