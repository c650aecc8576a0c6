/** Makes NeuroJobs from a template at the times of a NeuroSchedule. Writes for each time: the job, and one status. */
import { API_VERSION, FIELD_MANAGERS, type NeuroScheduleStatus } from '../../api/index.ts';
import type { Reconcile } from '../../kernel/index.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { writeRates } from '../write-rates.ts';
import { act, describe, jobsOfSchedules, type ActDependencies } from './act.ts';
import { gather, type GatherDependencies } from './gather.ts';
import type { ScheduleInput } from './due.ts';
import { planSchedule, type ScheduleStep } from './plan.ts';

interface NeuroScheduleDependencies extends ReconcilerDependencies {
  readonly watched: GatherDependencies['watched'] & ActDependencies['watched'];
  /** Called when a bound on what one namespace may cause is met. */
  readonly onBound?: (bound: string) => void;
}

export function createNeuroScheduleReconciler(dependencies: NeuroScheduleDependencies): Reconcile {
  const { watched, clock, onBound } = dependencies;
  const rates = dependencies.rates ?? writeRates(clock, onBound);
  const deps = { ...dependencies, rates, jobRate: jobsOfSchedules(clock, onBound) };
  return createReconciler<ScheduleInput, ScheduleStep, NeuroScheduleStatus>(
    {
      name: 'neuro-schedule',
      gather: (key, known) => gather(deps, key, known),
      plan: planSchedule,
      act: (step, input, signal) => act(deps, step, input, signal),
      describe,
      status: {
        apiVersion: API_VERSION,
        kind: 'NeuroSchedule',
        object: ({ schedule }) => schedule,
        withStatus: (input, status) => ({ ...input, schedule: { ...input.schedule, status } }),
        milestone: ({ observedGeneration, lastScheduleTime }) => [observedGeneration, lastScheduleTime].join(' '),
        fieldManager: FIELD_MANAGERS.neuroSchedule,
        read: (ref, signal) => watched.neuroSchedules.read(ref, signal),
        patch: (ref, patch, signal) =>
          watched.neuroSchedules.patch(ref, patch, {
            subresource: 'status',
            fieldManager: FIELD_MANAGERS.neuroSchedule,
            signal,
          }),
      },
    },
    deps,
  );
}
