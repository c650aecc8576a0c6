/**
 * Deletes what a restore from a backup leaves of a job's snapshot: native Secrets with values of a job that is gone, without the owner
 * reference by which Kubernetes would collect them (Velero leaves these out). The key of a reconcile is such a Secret.
 */
import type { Reconcile } from '../../kernel/index.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { act, describe, type ActDependencies } from './act.ts';
import { gather, type GatherDependencies } from './gather.ts';
import { planRemains, type RemainsInput, type RemainsStep } from './plan.ts';

type RemainsDependencies = GatherDependencies & ActDependencies & ReconcilerDependencies;

export function createJobRemainsReconciler(deps: RemainsDependencies): Reconcile {
  return createReconciler<RemainsInput, RemainsStep, never>(
    {
      name: 'job-remains',
      gather: (key, known) => gather(deps, key, known),
      plan: planRemains,
      act: (step, input, signal) => act(deps, step, input, signal),
      describe,
    },
    deps,
  );
}
