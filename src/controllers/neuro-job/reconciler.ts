/** Runs NeuroJobs. Writes for an ordinary start: the snapshot, the Pod, one status. */
import {
  API_VERSION,
  DEFAULT_SCHEDULE_TIMEOUT,
  FIELD_MANAGERS,
  parseDurationSeconds,
  type NeuroJobStatus,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { Clock, KubeClient, Reconcile } from '../../kernel/index.ts';
import { AccessReviews } from '../access-reviews.ts';
import { valuesInFlight, type ByteBudget } from '../byte-budget.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { RepairLimiter } from '../repair-limiter.ts';
import { SharedReads } from '../shared-reads.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { writeRates } from '../write-rates.ts';
import { act, describe, type ActDependencies } from './act.ts';
import type { JobFacts, JobStep } from './facts.ts';
import { gather, type GatherDependencies } from './gather.ts';
import { GonePods } from './gone-pods.ts';
import { JobMemory } from './job-memory.ts';
import { jobParts, repairKey } from './job-repairs.ts';
import { NewJobs } from './new-jobs.ts';
import { planJob } from './plan.ts';
import type { Preset } from './presets.ts';

export type { Preset } from './presets.ts';

interface NeuroJobDependencies extends ReconcilerDependencies {
  readonly client: Pick<KubeClient, 'review'>;
  readonly watched: GatherDependencies['watched'] & ActDependencies['watched'];
  readonly fingerprint: Fingerprint;
  /** The clock that decides when time limits of jobs are reached; by default `clock`. */
  readonly deadlines?: Clock | undefined;
  readonly config: {
    readonly presets: Readonly<Record<string, Preset>>;
    readonly defaultScheduleTimeoutMs?: number;
    readonly imagePullDelayMs?: number;
  };
  /** Shared with other controllers, so that a bound of a namespace holds for all of them together; by default its own. */
  readonly reviews?: AccessReviews;
  readonly budget?: ByteBudget;
  /** Called when a bound on what one namespace may cause is met. */
  readonly onBound?: (bound: string) => void;
}

/** Neuro's: an image that cannot be pulled for a minute will not be. */
const defaultImagePullDelayMs = 60_000;

export function createNeuroJobReconciler(dependencies: NeuroJobDependencies): Reconcile {
  const { config, clock, client, watched, onBound } = dependencies;
  const memory = new JobMemory();
  const repairs = new RepairLimiter(clock);
  const rates = dependencies.rates ?? writeRates(clock, onBound);
  const deps = {
    ...dependencies,
    memory,
    repairs,
    gonePods: new GonePods(watched),
    newJobs: new NewJobs(watched.neuroJobs),
    presets: config.presets,
    reviews: dependencies.reviews ?? new AccessReviews({ client, clock, ...defined({ onBound }) }),
    budget: dependencies.budget ?? valuesInFlight(onBound),
    sources: new SharedReads({ clock, read: (ref, signal) => watched.secrets.read(ref, signal) }),
    rates,
    settings: {
      defaultScheduleTimeoutMs:
        config.defaultScheduleTimeoutMs ?? parseDurationSeconds(DEFAULT_SCHEDULE_TIMEOUT) * 1000,
      imagePullDelayMs: config.imagePullDelayMs ?? defaultImagePullDelayMs,
      presetNames: new Set(Object.keys(config.presets)),
    },
  };
  return createReconciler<JobFacts, JobStep, NeuroJobStatus>(
    {
      name: 'neuro-job',
      deadlines: dependencies.deadlines,
      gather: (key, known) => gather(deps, key, known),
      plan: planJob,
      act: (step, facts, signal) => act(deps, step, facts, signal),
      describe,
      forget: (key) => {
        memory.forget(key);
        for (const part of jobParts) repairs.forget(repairKey(key, part));
      },
      status: {
        apiVersion: API_VERSION,
        kind: 'NeuroJob',
        object: ({ job }) => job,
        withStatus: (facts, status) => ({ ...facts, job: { ...facts.job, status } }),
        milestone: ({ observedGeneration, phase, podUid }) => [observedGeneration, phase, podUid].join(' '),
        fieldManager: FIELD_MANAGERS.neuroJob,
        read: (ref, signal) => watched.neuroJobs.read(ref, signal),
        patch: (ref, patch, signal) =>
          watched.neuroJobs.patch(ref, patch, { subresource: 'status', fieldManager: FIELD_MANAGERS.neuroJob, signal }),
      },
    },
    { ...dependencies, rates },
  );
}
