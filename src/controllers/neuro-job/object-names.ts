/** Names, labels and owner of the native objects of a job. By its UID, what holds values cannot collide with anything. */
import { KUEUE_LABEL_PREFIX, LABEL_JOB, LABEL_MANAGED_BY, MANAGED_BY } from '../../api/index.ts';
import type { ObjectMeta } from '../../kernel/index.ts';
import { labelValue, ownerReferenceTo, type Owner } from '../ownership.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { WholeJob } from './facts.ts';

type Job = Pick<NeuroJobView, 'metadata'>;
type OwnedMetadata = ObjectMeta & Required<Pick<ObjectMeta, 'namespace' | 'labels'>>;

/** Selects the Pod of exactly one job: a name can be too long for a label, and can come again. */
export const LABEL_JOB_UID = 'neu.ro/job-uid';

export function snapshotName(job: Job, chunk = 0): string {
  const first = `neuro-job-${job.metadata.uid}`;
  return chunk === 0 ? first : `${first}-${chunk}`;
}

/** The name of a Secret with credentials for pulling the image; `index` is its place in `imagePullSecrets`. */
export function pullSecretName(job: Job, index: number): string {
  return `${snapshotName(job)}-pull${index === 0 ? '' : `-${index}`}`;
}

export function ownerOf(job: Job): Owner {
  return { kind: 'NeuroJob', name: job.metadata.name, uid: job.metadata.uid };
}

/** The metadata of every native object that is created for the job. */
export function ownedMetadata(job: Job, name: string): OwnedMetadata {
  return {
    name,
    namespace: job.metadata.namespace,
    labels: {
      [LABEL_MANAGED_BY]: MANAGED_BY,
      [LABEL_JOB]: labelValue(job.metadata.name),
      [LABEL_JOB_UID]: job.metadata.uid,
    },
    ownerReferences: [ownerReferenceTo(ownerOf(job))],
  };
}

/** Labels that the job passes on to its Pod, so that Kueue queues it. */
export function queueLabels({ metadata }: WholeJob): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(metadata.labels ?? {}).filter(([name]) => name.startsWith(KUEUE_LABEL_PREFIX)),
  );
}
