/** What is decided on about a snapshot without an owner: the Secret, and whether its job still exists. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { Known } from '../plan.ts';
import type { SecretView } from '../secret-view.ts';
import type { Watched } from '../watched.ts';
import type { RemainsInput } from './plan.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'secrets' | 'neuroJobs'>;
}

/** The names that `neuro-job/object-names.ts` gives snapshots. The watch of Secrets shows only those with the operator's label. */
const snapshotName = /^neuro-job-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-pull)?(?:-\d+)?$/;

/** The UID of the job that a snapshot without an owner was made for; undefined for every other Secret. */
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
