/** Which Secrets are snapshots without an owner, and whether their job is there. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { Known } from '../plan.ts';
import type { SecretView } from '../secret-view.ts';
import type { Watched } from '../watched.ts';
import type { RemainsInput } from './plan.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'secrets' | 'neuroJobs'>;
}

/** As `neuro-job/object-names.ts` names them. The watch of Secrets shows only those that are labelled as the operator's. */
const snapshotName = /^neuro-job-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-pull)?(?:-\d+)?$/;

/** The UID of the job that it was made for, where it is a snapshot that nothing owns. */
export function jobOfRemains({ metadata }: Pick<SecretView, 'metadata'>): string | undefined {
  return (metadata.ownerReferences ?? []).length > 0 ? undefined : snapshotName.exec(metadata.name)?.[1];
}

export function gather(
  { watched }: GatherDependencies,
  key: ObjectKey,
  { nowMs, failure }: Known,
): RemainsInput | undefined {
  const secret = watched.secrets.store.get(key);
  const jobUid = secret === undefined ? undefined : jobOfRemains(secret);
  if (secret === undefined || jobUid === undefined) return undefined;
  return { secret, hasJob: watched.neuroJobs.store.keysByIndex('uid', jobUid).size > 0, nowMs, failure };
}
