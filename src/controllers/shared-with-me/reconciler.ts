/**
 * Keeps the ConfigMap `neuro-shared-with-me` in every home, and in every namespace whose administrator asks for it. The key of a
 * reconcile is a namespace. Writes that ConfigMap alone, and only where it is ours.
 */
import type { Reconcile } from '../../kernel/index.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { RepairLimiter } from '../repair-limiter.ts';
import { act, describe, type ActDependencies } from './act.ts';
import { gather, type GatherDependencies } from './gather.ts';
import { planSharedWithMe, type SharedWithMeInput, type SharedWithMeStep } from './plan.ts';

type SharedWithMeDependencies = Omit<GatherDependencies & ActDependencies, 'repairs'> & ReconcilerDependencies;

export function createSharedWithMeReconciler(dependencies: SharedWithMeDependencies): Reconcile {
  const repairs = new RepairLimiter(dependencies.clock);
  const deps = { ...dependencies, repairs };
  return createReconciler<SharedWithMeInput, SharedWithMeStep, never>(
    {
      name: 'shared-with-me',
      gather: (key, known) => gather(deps, key, known),
      plan: planSharedWithMe,
      act: (step, input, signal) => act(deps, step, input, signal),
      describe,
      forget: (namespace) => {
        deps.omissions.set(namespace, new Set());
        repairs.forget(namespace);
      },
    },
    deps,
  );
}
