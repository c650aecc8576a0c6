/** What the store of NeuroJobs keeps: what decisions read. */
import { API_VERSION, KINDS, type NeuroJob, type NeuroJobSpec, type NeuroJobStatus } from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject } from '../kernel/index.ts';
import { type ViewMeta, metaOf, ownersOf } from './meta-view.ts';
import { objectBytes } from './object-bytes.ts';
import { controllerOf } from './ownership.ts';
import { type SecretRef, containerRefsOf, pullRefsOf } from './secret-refs.ts';

/** The part of a job's spec that decisions read. Commands, variables and the like are read with the whole object, when its Pod is created. */
interface JobSpecView extends Pick<
  NeuroJobSpec,
  | 'preset'
  | 'restartPolicy'
  | 'lifeSpan'
  | 'scheduleTimeout'
  | 'ttlAfterFinished'
  | 'serviceAccountName'
  | 'http'
  | 'cancel'
  | 'suspend'
> {
  /** The image, for messages only, so it may be cut. */
  readonly image: string;
  readonly containerRefs: readonly SecretRef[];
  readonly pullRefs: readonly SecretRef[];
}

export interface NeuroJobView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly spec: JobSpecView;
  /** The UserSecret for whose rotation the job is the hook. People who can run such a job anyway can forge the reference. */
  readonly rotates?: { readonly name: string; readonly uid: string };
  /** The schedule whose run the job is. It can be forged in the same way. */
  readonly schedule?: { readonly name: string; readonly uid: string };
  /** The status. For a finished job, only the part that keeps it finished. */
  readonly status: NeuroJobStatus;
  /** The size of the whole object. */
  readonly bytes: number;
}

/** Characters. */
const longestImage = 256;

export function viewNeuroJob(object: NeuroJob & KubeObject): NeuroJobView {
  const { metadata, spec, status = {} } = object;
  const { namespace = '' } = metadata;
  const { preset, restartPolicy, lifeSpan, scheduleTimeout, ttlAfterFinished, serviceAccountName, http, cancel } = spec;
  const owner = controllerOf(ownersOf(metadata));
  const ownerOfKind = (kind: string): { readonly name: string; readonly uid: string } | undefined =>
    owner?.kind === kind && owner.apiVersion === API_VERSION ? { name: owner.name, uid: owner.uid } : undefined;
  const rotates = ownerOfKind(KINDS.UserSecret.kind);
  // A template is made for a schedule, and is not one of its runs.
  const schedule = spec.suspend === true ? undefined : ownerOfKind(KINDS.NeuroSchedule.kind);
  const isFinished = status.finishTime !== undefined;
  return {
    metadata: metaOf(metadata),
    ...defined({ rotates, schedule }),
    spec: {
      image: spec.image.slice(0, longestImage),
      // A finished job needs no secrets, and a suspended one gets none.
      containerRefs: isFinished || spec.suspend === true ? [] : containerRefsOf(spec, namespace),
      pullRefs: isFinished || spec.suspend === true ? [] : pullRefsOf(spec, namespace),
      ...defined({
        preset,
        restartPolicy,
        lifeSpan,
        scheduleTimeout,
        ttlAfterFinished,
        serviceAccountName,
        http,
        cancel,
        suspend: spec.suspend,
      }),
    },
    status: isFinished ? finishedStatus(status) : sharingTexts(status),
    bytes: objectBytes(object),
  };
}

function finishedStatus({
  observedGeneration,
  phase,
  reason,
  podName,
  podUid,
  startTime,
  finishTime,
}: NeuroJobStatus): NeuroJobStatus {
  return defined({ observedGeneration, phase, reason, podName, podUid, startTime, finishTime });
}

/** A status says the same sentence up to four times; it is kept once. */
function sharingTexts({ conditions, transitions, ...status }: NeuroJobStatus): NeuroJobStatus {
  const { message } = status;
  const shared = <T extends { readonly message?: string }>(part: T): T =>
    message !== undefined && part.message === message ? { ...part, message } : part;
  return {
    ...status,
    ...defined({ conditions: conditions?.map(shared), transitions: transitions?.map(shared) }),
  };
}
