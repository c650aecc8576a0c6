/** Makes new sealing key pairs in time and publishes the public halves. Only the leader runs it; every replica loads the pairs. */
import type { Reconcile } from '../../kernel/index.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { act, describe, type ActDependencies } from './act.ts';
import { gather, type GatherDependencies } from './gather.ts';
import { keyRepairs } from './key-repairs.ts';
import { planSealingKeys, type SealingKeysInput, type SealingKeysStep } from './plan.ts';

type SealingKeyDependencies = Omit<GatherDependencies & ActDependencies, 'repairs'> & ReconcilerDependencies;

export function createSealingKeyReconciler(dependencies: SealingKeyDependencies): Reconcile {
  const deps = { ...dependencies, repairs: keyRepairs(dependencies.clock) };
  return createReconciler<SealingKeysInput, SealingKeysStep, object>(
    {
      name: 'sealing-keys',
      gather: (_key, known) => gather(deps, known),
      plan: planSealingKeys,
      act: (step, input, signal) => act(deps, step, input, signal),
      describe,
    },
    deps,
  );
}
