/** Takes one step for a job. It never overwrites an object: it creates by POST, and reports a name that somebody else has. */
import { FIELD_MANAGERS, ownValue } from '../../api/index.ts';
import { KernelError, isKernelError, keyOf, type Clock } from '../../kernel/index.ts';
import type { AccessReviews } from '../access-reviews.ts';
import { belongsToFormer, keptByFinalizer, ownerUid } from '../ownership.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import { refKey } from '../secret-refs.ts';
import type { ViewMeta } from '../meta-view.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { Watched } from '../watched.ts';
import { askAccess, identityOf } from './access.ts';
import { buildPod, buildService } from './build-pod.ts';
import type { JobFacts, JobStep, Leftovers, Refusal, WholeJob } from './facts.ts';
import type { JobMemory } from './job-memory.ts';
import { repairKey, type JobPart } from './job-repairs.ts';
import { clearOutput } from './last-words/clear-output.ts';
import type { NewJobs } from './new-jobs.ts';
import { ownerOf } from './object-names.ts';
import type { Preset } from './presets.ts';
import { refusalOf } from './refusal.ts';
import { readEarly, takeSnapshot, type SnapshotDependencies } from './take-snapshot.ts';

export interface ActDependencies extends SnapshotDependencies {
  readonly watched: Pick<
    Watched,
    'neuroJobs' | 'userSecrets' | 'pods' | 'services' | 'secrets' | 'roleBindings' | 'secretGrants' | 'namespaces'
  >;
  readonly reviews: AccessReviews;
  readonly memory: JobMemory;
  readonly newJobs: NewJobs;
  readonly repairs: RepairLimiter;
  readonly presets: Readonly<Record<string, Preset>>;
  readonly clock: Clock;
  /** The later of the clocks of this machine and of the API server, in epoch milliseconds; by default the clock. */
  readonly latestNow?: (() => number) | undefined;
}

type Learned = Partial<JobFacts>;

/**
 * An answer about access counts for this long. The API server itself may see a change of RBAC this much later; a change that the operator sees counts
 * at once.
 */
const momentMs = 100;

/** Memory while values are searched in last words, in bytes: one native Secret, and the readings of the text, which are larger. */
const lastWordsBytes = 4 * 1024 * 1024;

export async function act(
  deps: ActDependencies,
  step: JobStep,
  facts: JobFacts,
  signal: AbortSignal,
): Promise<Learned> {
  const { watched, clock } = deps;
  const { job } = facts;
  switch (step.do) {
    case 'ask-access': {
      readEarly(deps, facts, signal);
      const { latestNow: nowMs = () => clock.now() } = deps;
      const sinceMs = believedSinceMs(facts, clock.steadyNow());
      return { access: await askAccess({ ...deps, nowMs, sinceMs }, identityOf(job), step.refs, signal) };
    }
    case 'read-job':
      return { whole: await readJob(deps, job, signal) };
    case 'take-snapshot': {
      const outcome = await takeSnapshot(deps, { ...facts, whole: wholeOf(facts) }, signal);
      // Values take a while to copy: access is asked again before they are used.
      return { ...outcome, access: undefined };
    }
    case 'make-service':
      return { ...(await makeService(deps, job, signal)), access: undefined };
    case 'make-pod':
      return makePod(deps, facts, signal);
    case 'look-for-pod': {
      const pod = await watched.pods.refresh(job.metadata, signal);
      return { isPodGone: pod === undefined || ownerUid(pod.metadata) !== job.metadata.uid };
    }
    case 'delete-pod':
      await deletePod(deps, facts, signal);
      return { isPodDeleted: true };
    case 'end-pod':
      await endPod(deps, facts, signal);
      return { isPodEnded: true };
    case 'read-last-words':
      return readLastWords(deps, facts, signal);
    case 'forget-last-words':
      return { output: 'none' };
    case 'clean-up':
      await cleanUp(deps, step, facts, signal);
      return { isCleanedUp: true };
    case 'delete-job':
      await watched.neuroJobs.delete(job.metadata, { uid: job.metadata.uid, signal });
      return { isJobDeleted: true };
    default:
      return step satisfies never;
  }
}

export function describe(step: JobStep): string {
  switch (step.do) {
    case 'ask-access':
      return 'asking whether the job may use its secrets';
    case 'read-job':
      return 'reading the job';
    case 'take-snapshot':
      return 'copying the secrets of the job';
    case 'make-service':
      return 'creating the Service';
    case 'make-pod':
      return 'creating the Pod';
    case 'look-for-pod':
      return 'reading the Pod';
    case 'delete-pod':
      return 'deleting the Pod';
    case 'end-pod':
      return 'ending the Pod';
    case 'read-last-words':
      return 'reading the last words of the container';
    case 'forget-last-words':
      return 'reporting the last words of the container';
    case 'clean-up':
      return `deleting the ${[
        ...(step.secretNames.length > 0 ? ['snapshot'] : []),
        ...(step.service ? ['Service'] : []),
        ...(step.pod ? ['Pod'] : []),
      ].join(', ')} of the job`;
    case 'delete-job':
      return 'deleting the job after ttlAfterFinished';
    default:
      return step satisfies never;
  }
}

/** An answer about access that is younger than this counts, by the steady clock. Undefined: the API server is asked. */
function believedSinceMs({ pod, addedMs }: JobFacts, steadyMs: number): number | undefined {
  // Access may have been taken from a job that runs.
  if (pod !== undefined || addedMs === undefined) return undefined;
  // An answer from before the job was created, or before its Pod was gone, never counts. A job that waited long, or whose values took long to copy,
  // asks again: a value that changed after the access ended must not get into its namespace.
  return Math.max(addedMs, steadyMs - momentMs);
}

async function readJob(
  { watched, newJobs }: ActDependencies,
  { metadata }: NeuroJobView,
  signal: AbortSignal,
): Promise<WholeJob> {
  const job = newJobs.take(metadata) ?? (await watched.neuroJobs.read(metadata, signal));
  if (job?.metadata.uid !== metadata.uid) throw new KernelError('Conflict', `the NeuroJob ${refKey(metadata)} is gone`);
  // Of a spec, only `cancel` can change, so the copy from its creation still holds.
  return { spec: job.spec, metadata: { ...metadata, labels: job.metadata.labels ?? {} } satisfies ViewMeta };
}

function wholeOf({ whole, job }: JobFacts): WholeJob {
  if (whole === undefined) throw new RangeError(`the NeuroJob ${refKey(job.metadata)} was not read`);
  return whole;
}

async function makePod(deps: ActDependencies, facts: JobFacts, signal: AbortSignal): Promise<Learned> {
  const { watched, presets, repairs } = deps;
  const { job, namespace, snapshot } = facts;
  if (namespace === undefined) throw new RangeError(`the namespace of ${refKey(job.metadata)} is not known`);
  const preset = job.spec.preset === undefined ? undefined : ownValue(presets, job.spec.preset);
  const pod = buildPod({
    job: wholeOf(facts),
    namespace,
    snapshot,
    preset,
    restarts: job.status.restarts ?? 0,
    rotates: job.rotates,
  });
  try {
    await watched.pods.create(pod, { signal, fieldManager: FIELD_MANAGERS.neuroJob });
    repairs.wrote(...repairOf(job, 'Pod'));
    return {};
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) return { refusal: refusalOrThrow(error, 'the Pod of the job') };
    return existing(job, 'Pod', await watched.pods.refresh(job.metadata, signal));
  }
}

async function makeService(
  { watched, repairs }: ActDependencies,
  job: NeuroJobView,
  signal: AbortSignal,
): Promise<Learned> {
  if (job.spec.http === undefined) return {};
  const options = { signal, fieldManager: FIELD_MANAGERS.neuroJob };
  try {
    await watched.services.create(buildService(job, job.spec.http.port), options);
    repairs.wrote(...repairOf(job, 'Service'));
    return {};
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) return { refusal: refusalOrThrow(error, 'the Service of the job') };
    return existing(job, 'Service', await watched.services.refresh(job.metadata, signal));
  }
}

function repairOf({ metadata }: NeuroJobView, part: JobPart): [key: string, desired: string] {
  return [repairKey(keyOf(metadata), part), metadata.uid];
}

/** Learns why that part already exists: it is ours from before a crash, or it keeps ours from being created (`refusal`). */
function existing(
  job: NeuroJobView,
  part: JobPart,
  found: { readonly metadata: Parameters<typeof belongsToFormer>[0] } | undefined,
): Learned {
  if (found === undefined) throw new KernelError('Conflict', `the ${part} ${refKey(job.metadata)} came and went`);
  if (ownerUid(found.metadata) === job.metadata.uid) return {};
  const { name, namespace } = job.metadata;
  const what = `the ${part} '${name}'`;
  const refusal: Refusal = belongsToFormer(found.metadata, ownerOf(job))
    ? {
        isFinal: false,
        reason: 'Creating',
        message: `${what} of a former job is still being deleted; ${keptByFinalizer(`${part.toLowerCase()} ${name}`, namespace)}`,
      }
    : {
        isFinal: true,
        reason: 'Conflict',
        message: `${what} exists and does not belong to this job: give the job another name`,
      };
  return { refusal };
}

async function deletePod({ watched }: ActDependencies, { pod }: JobFacts, signal: AbortSignal): Promise<void> {
  if (pod !== undefined) await watched.pods.delete(pod.metadata, { uid: pod.metadata.uid, signal });
}

/** Lets the kubelet end what still runs in the Pod. Deleting the Pod would delete its logs. */
async function endPod({ watched }: ActDependencies, { pod }: JobFacts, signal: AbortSignal): Promise<void> {
  if (pod === undefined) return;
  const { uid } = pod.metadata;
  const options = { fieldManager: FIELD_MANAGERS.neuroJob, signal };
  await watched.pods.patch(pod.metadata, { metadata: { uid }, spec: { activeDeadlineSeconds: 1 } }, options);
}

async function readLastWords(deps: ActDependencies, facts: JobFacts, signal: AbortSignal): Promise<Learned> {
  const { watched, memory, budget } = deps;
  const { metadata } = facts.job;
  const key = keyOf(metadata);
  const release = budget.take(metadata.namespace, lastWordsBytes);
  if (release === undefined) return { isHeldBack: true };
  // There is only one try, even if it fails.
  memory.wordsDone(key);
  try {
    const text = await clearOutput(watched, facts, signal);
    return { output: text === undefined ? 'none' : { text } };
  } finally {
    release();
  }
}

async function cleanUp(
  deps: ActDependencies,
  { secretNames, service, pod }: Leftovers,
  facts: JobFacts,
  signal: AbortSignal,
): Promise<void> {
  const { watched } = deps;
  const secrets = facts.ownSecrets.filter(({ metadata }) => secretNames.includes(metadata.name));
  // The Pod comes first, because that ends what runs. All deletes are tried, even if one fails.
  const results = await Promise.allSettled([
    ...(pod ? [deletePod(deps, facts, signal)] : []),
    ...secrets.map(({ metadata }) => watched.secrets.delete(metadata, { uid: metadata.uid, signal })),
    ...(service && facts.service !== undefined
      ? [watched.services.delete(facts.service.metadata, { uid: facts.service.metadata.uid, signal })]
      : []),
  ]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function refusalOrThrow(error: unknown, what: string): Refusal {
  const refusal = refusalOf(error, what);
  if (refusal === undefined) throw error;
  return refusal;
}
