/** What a job is decided on: the stores, and when this process first saw the job and last saw it change. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { Known } from '../plan.ts';
import { jobSecretRefs, refKey } from '../secret-refs.ts';
import type { PodView } from '../pod-view.ts';
import { ownerIndexValue, type Watched } from '../watched.ts';
import { readSnapshot } from './build-snapshot.ts';
import type { JobFacts, JobSettings } from './facts.ts';
import { snapshotName } from './object-names.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'neuroJobs' | 'pods' | 'services' | 'secrets' | 'userSecrets' | 'namespaces'>;
  readonly settings: JobSettings;
  readonly memory: JobMemory;
}

export function gather(
  { watched, settings, memory }: GatherDependencies,
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
  const first = watched.secrets.store.get(`${namespace}/${snapshotName(job)}`);
  return {
    job,
    namespace: watched.namespaces.store.get(namespace),
    pod,
    service: service?.ownerUid === uid ? service : undefined,
    snapshot:
      first?.ownerUid === uid && first.metadata.deletionTimestamp === undefined
        ? readSnapshot(job, first.snapshot)
        : undefined,
    // By name too: whatever else claims to be of this job, somebody else made it.
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
    areWordsDue: memory.areWordsDue(key, hasSpoken(pod), isFinished, known.steadyMs),
    failure: known.failure,
    addedMs: known.addedMs,
    isBusy: known.isBusy,
    cause: known.cause,
  };
}

function hasSpoken(pod: PodView | undefined): boolean {
  return pod?.hasOutput === true && pod.container?.state?.terminated !== undefined;
}

/** Other jobs' values may be in the way; after this, last words are left out. */
const longestWordsWaitMs = 10_000;

type Times = Pick<JobFacts, 'firstSeenMs' | 'changedMs'>;

/** What this process remembers of unfinished jobs, by the steady clock. Losing it costs a few questions, and nothing else. */
export class JobMemory {
  /** Since when last words wait to be read. */
  readonly #wordsDue = new Map<ObjectKey, number>();
  readonly #times = new Map<ObjectKey, Times & { readonly uid: string }>();

  /** As they are by the clock that limits of time follow, even if that was set since. */
  look(key: ObjectKey, uid: string, isFinished: boolean, { cause, nowMs, steadyMs }: Known): Times {
    const former = this.#times.get(key);
    const isSame = former?.uid === uid;
    const times = {
      firstSeenMs: isSame ? former.firstSeenMs : steadyMs,
      changedMs: isSame && cause !== 'change' && cause !== 'resync' ? former.changedMs : steadyMs,
    };
    if (isFinished) this.#times.delete(key);
    else this.#times.set(key, { ...times, uid });
    const byDeadlines = (ms: number): number => nowMs - (steadyMs - ms);
    return { firstSeenMs: byDeadlines(times.firstSeenMs), changedMs: byDeadlines(times.changedMs) };
  }

  /** Whether this process has seen the container end before the job did, and has not read its last words since. */
  areWordsDue(key: ObjectKey, hasSpoken: boolean, isFinished: boolean, steadyMs: number): boolean {
    const sinceMs = this.#wordsDue.get(key);
    if (!isFinished && hasSpoken && sinceMs === undefined) this.#wordsDue.set(key, steadyMs);
    if (sinceMs === undefined || steadyMs - sinceMs <= longestWordsWaitMs) return this.#wordsDue.has(key);
    this.#wordsDue.delete(key);
    return false;
  }

  wordsDone(key: ObjectKey): void {
    this.#wordsDue.delete(key);
  }

  forget(key: ObjectKey): void {
    this.#times.delete(key);
    this.#wordsDue.delete(key);
  }
}
