/** Makes new sealing key pairs in time and publishes the public halves. Only the leader runs it; every replica loads the pairs. */
import type { Reconcile } from '../../kernel/index.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { act, describe, type ActDependencies } from './act.ts';
import { gather, type GatherDependencies } from './gather.ts';
import { planSealingKeys, type SealingKeysInput, type SealingKeysStep } from './plan.ts';

type SealingKeyDependencies = GatherDependencies & ActDependencies & ReconcilerDependencies;

export function createSealingKeyReconciler(deps: SealingKeyDependencies): Reconcile {
  return createReconciler<SealingKeysInput, SealingKeysStep, object>(
    {
      name: 'sealing-keys',
      gather: (_key, known) => gather(deps, known),
      plan: planSealingKeys,
      act: (step, _input, signal) => act(deps, step, signal),
      describe,
    },
    deps,
  );
}
