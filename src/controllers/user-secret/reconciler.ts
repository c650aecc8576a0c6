/** Keeps one native Secret for each UserSecret, and says in the status how it stands. */
import { API_VERSION, FIELD_MANAGERS, type UserSecretStatus } from '../../api/index.ts';
import type { Reconcile } from '../../kernel/index.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { RepairLimiter } from '../repair-limiter.ts';
import { SharedReads } from '../shared-reads.ts';
import { writeRates } from '../write-rates.ts';
import { markKey, nextKey, type ActDependencies } from './act-dependencies.ts';
import { act, describe } from './act.ts';
import { gather, type GatherDependencies } from './gather.ts';
import { HeldValues } from './held-values.ts';
import type { UserSecretInput } from './input.ts';
import { planUserSecret } from './plan.ts';
import { ReturnedValues } from './returned-values.ts';
import type { UserSecretStep } from './steps.ts';

type Memory = 'repairs' | 'values' | 'returned' | 'rates' | 'sources';
interface UserSecretDependencies
  extends Omit<GatherDependencies, Memory>, Omit<ActDependencies, Memory>, ReconcilerDependencies {
  readonly watched: GatherDependencies['watched'] & ActDependencies['watched'];
  readonly clock: ReconcilerDependencies['clock'];
}

export function createUserSecretReconciler(dependencies: UserSecretDependencies): Reconcile {
  const repairs = new RepairLimiter(dependencies.clock);
  const values = new HeldValues();
  const returned = new ReturnedValues(dependencies);
  const rates = dependencies.rates ?? writeRates(dependencies.clock);
  const { userSecrets, secrets } = dependencies.watched;
  const sources = new SharedReads({ clock: dependencies.clock, read: (ref, signal) => secrets.refresh(ref, signal) });
  const deps = { ...dependencies, repairs, values, returned, rates, sources };
  const reconcile = createReconciler<UserSecretInput, UserSecretStep, UserSecretStatus>(
    {
      name: 'user-secret',
      gather: (key, known) => gather(deps, key, known),
      plan: planUserSecret,
      act: (step, input, signal) => act(deps, step, input, signal),
      describe,
      status: {
        apiVersion: API_VERSION,
        kind: 'UserSecret',
        object: ({ userSecret }) => userSecret,
        withStatus: (input, status) => ({ ...input, userSecret: { ...input.userSecret, status } }),
        milestone: ({ observedGeneration }) => String(observedGeneration),
        fieldManager: FIELD_MANAGERS.userSecret,
        read: (ref, signal) => userSecrets.read(ref, signal),
        patch: (ref, patch, signal) =>
          userSecrets.patch(ref, patch, { subresource: 'status', fieldManager: FIELD_MANAGERS.userSecret, signal }),
      },
      forget: (key) => {
        for (const each of [key, markKey(key), nextKey(key)]) repairs.forget(each);
      },
    },
    deps,
  );
  return async (key, context) => {
    try {
      return await reconcile(key, context);
    } finally {
      values.drop(key);
    }
  };
}
