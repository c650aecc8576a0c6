/** Turns SecretGrants into native Roles and RoleBindings, owned by the grant, and takes them back to the second. */
import { API_VERSION, FIELD_MANAGERS, type SecretGrantStatus } from '../../api/index.ts';
import type { Clock, ObjectKey, Reconcile } from '../../kernel/index.ts';
import { createReconciler, type ReconcilerDependencies } from '../reconciler.ts';
import { RepairLimiter } from '../repair-limiter.ts';
import { act, describe, type ActDependencies } from './act.ts';
import { gather, type GatherDependencies } from './gather.ts';
import { GranterRechecks } from './granter-rechecks.ts';
import { planSecretGrant, type GrantInput, type GrantStep } from './plan.ts';
import type { Watched } from '../watched.ts';
import { writeRates } from '../write-rates.ts';

interface SecretGrantDependencies
  extends
    Omit<GatherDependencies, 'repairs'>,
    Omit<ActDependencies, 'repairs' | 'rates' | 'rechecks'>,
    ReconcilerDependencies {
  readonly watched: GatherDependencies['watched'] & ActDependencies['watched'] & Pick<Watched, 'secretGrants'>;
  readonly clock: Clock;
}

export function createSecretGrantReconciler(dependencies: SecretGrantDependencies): Reconcile {
  const repairs = new RepairLimiter(dependencies.clock);
  const rechecks = new GranterRechecks();
  const rates = dependencies.rates ?? writeRates(dependencies.clock);
  const deps = { ...dependencies, repairs, rates, rechecks };
  const { secretGrants } = deps.watched;
  // If this machine's clock alone counted and was behind, a right that has ended would come back.
  const deadlines = { now: deps.latestNow ?? (() => deps.clock.now()) };
  return createReconciler<GrantInput, GrantStep, SecretGrantStatus>(
    {
      name: 'secret-grant',
      deadlines,
      gather: (key: ObjectKey, known) => {
        const input = gather(deps, key, known);
        if (input.grant === undefined) {
          repairs.forget(key);
          rechecks.forget(key);
        }
        return input.grant === undefined && input.bound.length === 0 ? undefined : input;
      },
      plan: planSecretGrant,
      act: (step, input, signal) => act(deps, step, input, signal),
      describe,
      status: {
        apiVersion: API_VERSION,
        kind: 'SecretGrant',
        object: ({ grant }) => grant,
        withStatus: (input, status) =>
          input.grant === undefined ? input : { ...input, grant: { ...input.grant, status } },
        milestone: ({ observedGeneration, phase }) => [observedGeneration, phase].join(' '),
        fieldManager: FIELD_MANAGERS.secretGrant,
        read: (ref, signal) => secretGrants.read(ref, signal),
        patch: (ref, patch, signal) =>
          secretGrants.patch(ref, patch, { subresource: 'status', fieldManager: FIELD_MANAGERS.secretGrant, signal }),
      },
    },
    deps,
  );
}
