/**
 * Runs NeuroJobs: gathers what is known, asks the plan for the next step, takes it, and asks again.
 * Writes for an ordinary start: the snapshot, the Pod, one status. What exists is never overwritten: all that is made is
 * made by POST, and a name that somebody else has is said to be taken.
 */
import {
  API_VERSION,
  DEFAULT_SCHEDULE_TIMEOUT,
  FIELD_MANAGERS,
  ownValue,
  parseDurationSeconds,
} from '../../api/index.ts';
import {
  KernelError,
  isKernelError,
  mergePatch,
  type Clock,
  type KubeClient,
  type ObjectKey,
  type Outcome,
  type ReconcileContext,
} from '../../kernel/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { belongsToFormer, ownerUid } from '../ownership.ts';
import type { Recorder } from '../recorder.ts';
import { viewPod, type NeuroJobView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { askAccess, identityOf } from './access.ts';
import { buildPod } from './build-pod.ts';
import { buildService } from './build-service.ts';
import { readSnapshot } from './build-snapshot.ts';
import { eventsOf } from './events-of.ts';
import { refKey, type JobFacts, type Refusal } from './facts.ts';
import { JobMemory } from './job-memory.ts';
import { clearOutput } from './last-words/clear-output.ts';
import { ownerOf, snapshotName } from './object-names.ts';
import { planJob } from './plan.ts';
import type { Preset } from './presets.ts';
import { refusalOf } from './refusal.ts';
import { jobSecretRefs } from './secret-refs.ts';
import { planStatus, type Report } from './status.ts';
import type { JobPlan } from './steps.ts';
import { takeSnapshot } from './take-snapshot.ts';

export { connectNeuroJobs } from './connect.ts';
export type { Preset } from './presets.ts';

export interface NeuroJobDependencies {
  readonly client: KubeClient;
  readonly watched: Watched;
  readonly fingerprint: Fingerprint;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly config: {
    readonly presets: Readonly<Record<string, Preset>>;
    readonly defaultScheduleTimeoutMs?: number;
    readonly imagePullDelayMs?: number;
  };
}

/** Neuro's: an image that cannot be pulled for a minute will not be. */
const defaultImagePullDelayMs = 60_000;
/** A job has some ten steps from its making to its end; more in one go is a plan that never comes to rest. */
const mostSteps = 24;
/** A Pod of a former job of the name is going; how long a node takes for that is in the job's own time-out. */
const formerPodReason = 'Creating';

export function createNeuroJobReconciler(deps: NeuroJobDependencies) {
  const { watched, clock } = deps;
  const memory = new JobMemory();

  return async function reconcile(key: ObjectKey, { signal }: ReconcileContext): Promise<Outcome> {
    const { store } = watched.neuroJobs;
    const first = store.get(key);
    if (first === undefined) {
      memory.forget(key);
      return 'done';
    }
    memory.wake(key, first.metadata.uid, clock.now());
    let learnt: Partial<JobFacts> = {};
    for (let step = 0; step < mostSteps; step += 1) {
      const job = store.get(key);
      if (job?.metadata.uid !== first.metadata.uid) return 'done';
      const facts: JobFacts = { ...gather(deps, job), ...memory.factsOf(key), ...learnt };
      const plan = planJob(facts);
      const next = await take(deps, plan, facts, signal);
      if (next === 'rest') return memory.rest(key, plan, facts, clock.now());
      learnt = { ...learnt, ...next };
    }
    throw new Error(`the plan of NeuroJob ${key} does not come to rest`);
  };
}

/** What the stores say now. */
function gather({ watched, clock, config }: NeuroJobDependencies, job: NeuroJobView): Omit<JobFacts, 'mustRecheck'> {
  const { namespace, name, uid } = job.metadata;
  const key = `${namespace}/${name}`;
  const pod = watched.pods.store.get(key);
  const service = watched.services.store.get(key);
  const first = watched.secrets.store.get(`${namespace}/${snapshotName(job)}`);
  const refs = jobSecretRefs(job);
  return {
    job,
    namespace: watched.namespaces.store.get(namespace),
    pod: pod?.ownerUid === uid ? pod : undefined,
    service: service?.ownerUid === uid ? service : undefined,
    snapshot: first?.ownerUid === uid ? readSnapshot(job, first.metadata) : undefined,
    // By name too: whatever else claims to be of this job, somebody else made it.
    ownSecrets: watched.secrets.store
      .byIndex('owner', uid)
      .filter(({ metadata }) => metadata.namespace === namespace && metadata.name.startsWith(snapshotName(job))),
    userSecrets: new Map(
      refs.flatMap((ref) => {
        const userSecret = watched.userSecrets.store.get(refKey(ref));
        return userSecret === undefined ? [] : [[refKey(ref), userSecret] as const];
      }),
    ),
    settings: {
      defaultScheduleTimeoutMs:
        config.defaultScheduleTimeoutMs ?? parseDurationSeconds(DEFAULT_SCHEDULE_TIMEOUT) * 1000,
      imagePullDelayMs: config.imagePullDelayMs ?? defaultImagePullDelayMs,
      presetNames: new Set(Object.keys(config.presets)),
    },
    nowMs: clock.now(),
  };
}

/** Takes one step. `rest`: there is nothing more to do now; else what was learnt by it. */
async function take(
  deps: NeuroJobDependencies,
  plan: JobPlan,
  facts: JobFacts,
  signal: AbortSignal,
): Promise<Partial<JobFacts> | 'rest'> {
  const { watched } = deps;
  const { job } = facts;
  switch (plan.do) {
    case 'nothing':
      return 'rest';
    case 'ask-access':
      return { access: await askAccess({ ...deps, nowMs: facts.nowMs }, identityOf(job), plan.refs, signal) };
    case 'take-snapshot': {
      const { snapshot, ...others } = await takeSnapshot(deps, facts, signal);
      return snapshot === undefined ? others : { snapshot };
    }
    case 'make-service':
      return refused(await makeService(deps, job, signal));
    case 'make-pod':
      return refused(await makePod(deps, facts, signal));
    case 'clear-output':
      return { output: await lastWords(watched, facts, signal) };
    case 'report':
      await report(deps, plan, facts, signal);
      return plan.goOn === true ? { hasJustEnded: isEnd(plan.report) } : 'rest';
    case 'look-for-pod':
      return { isPodGone: !(await findPod(deps, job, signal)) };
    case 'delete-pod':
      await deletePod(deps, facts, signal);
      return 'rest';
    case 'clean-up':
      await cleanUp(deps, plan, facts, signal);
      return { isCleanedUp: true };
    case 'delete-job':
      await watched.neuroJobs.delete(job.metadata, { uid: job.metadata.uid, signal });
      return 'rest';
    default:
      return plan satisfies never;
  }
}

async function report(
  { watched, recorder, clock }: NeuroJobDependencies,
  { report: said }: Extract<JobPlan, { readonly do: 'report' }>,
  facts: JobFacts,
  signal: AbortSignal,
): Promise<void> {
  const { job } = facts;
  const status = planStatus({ job, report: said, snapshot: facts.snapshot, nowMs: clock.now() });
  const patch = mergePatch(job.status, status);
  if (patch === undefined) return;
  const { uid, resourceVersion } = job.metadata;
  // Only on the state that was decided on: not on a job made again under the name, and never over an end.
  const options = { subresource: 'status', fieldManager: FIELD_MANAGERS.neuroJob, signal } as const;
  await watched.neuroJobs.patch(job.metadata, { metadata: { uid, resourceVersion }, status: patch }, options);
  for (const { kind, metadata, text } of eventsOf(facts, said)) {
    recorder.event(
      { apiVersion: API_VERSION, kind, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid },
      text,
    );
  }
}

function isEnd({ phase }: Report): boolean {
  return phase !== 'Pending' && phase !== 'Running';
}

async function lastWords(
  watched: Watched,
  facts: JobFacts,
  signal: AbortSignal,
): Promise<NonNullable<JobFacts['output']>> {
  const text = await clearOutput(watched, facts, signal);
  return text === undefined ? 'none' : { text };
}

async function makePod(deps: NeuroJobDependencies, facts: JobFacts, signal: AbortSignal): Promise<Refusal | undefined> {
  const { watched, config } = deps;
  const { job, namespace, snapshot } = facts;
  if (namespace === undefined)
    throw new KernelError('NotFound', `the namespace of ${refKey(job.metadata)} is not known`);
  const preset = job.spec.preset === undefined ? undefined : ownValue(config.presets, job.spec.preset);
  const pod = buildPod({ job, namespace, snapshot, preset, restarts: job.status.restarts ?? 0 });
  try {
    await watched.pods.create(pod, { signal, fieldManager: FIELD_MANAGERS.neuroJob });
    return undefined;
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) return refusalOrThrow(error, 'the Pod of the job');
  }
  const existing = await watched.pods.read(job.metadata, signal);
  if (existing === undefined) throw new KernelError('Conflict', `the Pod ${refKey(job.metadata)} came and went`);
  if (ownerUid(existing.metadata) === job.metadata.uid) {
    watched.pods.store.set(viewPod(existing));
    return undefined;
  }
  const what = `the Pod '${job.metadata.name}'`;
  return belongsToFormer(existing.metadata, ownerOf(job))
    ? { isFinal: false, reason: formerPodReason, message: `${what} of a former job is still being removed` }
    : { isFinal: true, reason: 'Conflict', message: `${what} exists and is not ours: give the job another name` };
}

async function makeService(
  { watched }: NeuroJobDependencies,
  job: NeuroJobView,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  if (job.spec.http === undefined) return undefined;
  const options = { signal, fieldManager: FIELD_MANAGERS.neuroJob };
  try {
    await watched.services.create(buildService(job, job.spec.http.port), options);
    return undefined;
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) return refusalOrThrow(error, 'the Service of the job');
  }
  const existing = await watched.services.read(job.metadata, signal);
  const what = `the Service '${job.metadata.name}'`;
  if (existing === undefined || ownerUid(existing.metadata) === job.metadata.uid) {
    throw new KernelError('Conflict', `${what} is not in the store yet`);
  }
  return belongsToFormer(existing.metadata, ownerOf(job))
    ? { isFinal: false, reason: formerPodReason, message: `${what} of a former job is still being removed` }
    : { isFinal: true, reason: 'Conflict', message: `${what} exists and is not ours: give the job another name` };
}

/** Whether the job has a Pod that our store does not show yet; then it shows it. */
async function findPod({ watched }: NeuroJobDependencies, job: NeuroJobView, signal: AbortSignal): Promise<boolean> {
  const existing = await watched.pods.read(job.metadata, signal);
  if (existing === undefined || ownerUid(existing.metadata) !== job.metadata.uid) return false;
  watched.pods.store.set(viewPod(existing));
  return true;
}

async function deletePod({ watched }: NeuroJobDependencies, { pod }: JobFacts, signal: AbortSignal): Promise<void> {
  if (pod !== undefined) await watched.pods.delete(pod.metadata, { uid: pod.metadata.uid, signal });
}

async function cleanUp(
  deps: NeuroJobDependencies,
  plan: Extract<JobPlan, { readonly do: 'clean-up' }>,
  facts: JobFacts,
  signal: AbortSignal,
): Promise<void> {
  const { watched } = deps;
  const secrets = facts.ownSecrets.filter(({ metadata }) => plan.secretNames.includes(metadata.name));
  await Promise.all([
    ...secrets.map(({ metadata }) => watched.secrets.delete(metadata, { uid: metadata.uid, signal })),
    ...(plan.service && facts.service !== undefined
      ? [watched.services.delete(facts.service.metadata, { uid: facts.service.metadata.uid, signal })]
      : []),
    ...(plan.pod ? [deletePod(deps, facts, signal)] : []),
  ]);
}

function refused(refusal: Refusal | undefined): Partial<JobFacts> {
  return refusal === undefined ? {} : { refusal };
}

function refusalOrThrow(error: unknown, what: string): Refusal {
  const refusal = refusalOf(error, what);
  if (refusal === undefined) throw error;
  return refusal;
}
