/** What is decided on about a job: what the stores have, and what this process remembers. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { Known } from '../plan.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import { jobSecretRefs, refKey } from '../secret-refs.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { PodView } from '../pod-view.ts';
import { ownerIndexValue, type Watched } from '../watched.ts';
import { readSnapshot } from './build-snapshot.ts';
import { containerStateOf } from './container-state.ts';
import type { JobFacts, JobSettings } from './facts.ts';
import type { GonePods } from './gone-pods.ts';
import type { JobMemory } from './job-memory.ts';
import { repairKey, type JobPart } from './job-repairs.ts';
import { snapshotName } from './object-names.ts';
import { restartPolicyOf } from './report.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'neuroJobs' | 'pods' | 'services' | 'secrets' | 'userSecrets' | 'namespaces'>;
  readonly settings: JobSettings;
  readonly memory: JobMemory;
  readonly gonePods: GonePods;
  readonly repairs: RepairLimiter;
}

export function gather(
  { watched, settings, memory, gonePods, repairs }: GatherDependencies,
  key: ObjectKey,
  known: Known,
): JobFacts | undefined {
  const job = watched.neuroJobs.store.get(key);
  if (job === undefined) return undefined;
  const { namespace, uid } = job.metadata;
  const isFinished = job.status.finishTime !== undefined;
  const podOfName = watched.pods.store.get(key);
  const pod = podOfName?.ownerUid === uid ? podOfName : undefined;
  const service = watched.services.store.get(key);
  const repairWaitMs = (part: JobPart): number => repairs.waitMs(repairKey(key, part), uid);
  const first = watched.secrets.store.get(`${namespace}/${snapshotName(job)}`);
  return {
    job,
    namespace: watched.namespaces.store.get(namespace),
    pod,
    gonePod: pod === undefined ? gonePods.of(key, uid) : undefined,
    service: service?.ownerUid === uid ? service : undefined,
    snapshot:
      first?.ownerUid === uid && first.metadata.deletionTimestamp === undefined
        ? readSnapshot(job, first.snapshot)
        : undefined,
    // The name must match too: a Secret of another name that claims to belong to this job was made by somebody else.
    ownSecrets: watched.secrets.store
      .byIndex('owner', ownerIndexValue(namespace, uid))
      .filter(({ metadata }) => metadata.name.startsWith(snapshotName(job))),
    userSecrets: new Map(
      jobSecretRefs(job).flatMap((ref) => {
        const userSecret = watched.userSecrets.store.get(refKey(ref));
        return userSecret === undefined ? [] : [[refKey(ref), userSecret] as const];
      }),
    ),
    settings,
    nowMs: known.nowMs,
    wallMs: known.wallMs,
    ...memory.look(key, uid, isFinished, known),
    areWordsDue: memory.areWordsDue(key, hasSpoken(job, pod), isFinished, known.steadyMs),
    repairWaitMs: { Pod: repairWaitMs('Pod'), Service: repairWaitMs('Service') },
    failure: known.failure,
    addedMs: known.addedMs,
    isBusy: known.isBusy,
    cause: known.cause,
  };
}

/** What a container says that was stopped with its Pod does not tell why it was. */
function hasSpoken(job: NeuroJobView, pod: PodView | undefined): boolean {
  if (pod?.hasOutput !== true || pod.container?.state?.terminated === undefined) return false;
  return containerStateOf(pod, restartPolicyOf(job), job.status.startTime !== undefined).kind !== 'lost';
}
