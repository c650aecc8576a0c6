/**
 * Deletes native Secrets of a UserSecret that is gone: at once what Kubernetes' garbage collector would take some time later, and copies that
 * were detached from their UserSecret, which nothing would end, and next values of one that went while the operator was down. The key of
 * a reconcile is such a Secret.
 */
import type { Reconcile } from '../../kernel/index.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { act, describe, type ActDependencies } from './act.ts';
import { gather, type GatherDependencies } from './gather.ts';
import { planSecretRemains, type SecretRemainsInput, type SecretRemainsStep } from './plan.ts';

type SecretRemainsDependencies = GatherDependencies & ActDependencies & ReconcilerDependencies;

export function createSecretRemainsReconciler(deps: SecretRemainsDependencies): Reconcile {
  return createReconciler<SecretRemainsInput, SecretRemainsStep, never>(
    {
      name: 'secret-remains',
      gather: (key, known) => gather(deps, key, known),
      plan: planSecretRemains,
      act: (step, input, signal) => act(deps, step, input, signal),
      describe,
      forget: (key) => deps.gone.delete(key),
    },
    deps,
  );
}
