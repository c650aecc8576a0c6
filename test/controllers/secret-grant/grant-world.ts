/** Alice, who shares, and the controller of grants; a test plays RBAC and the controllers of the other kinds. */
import type { SecretGrant, SecretGrantSpec, SecretGrantStatus } from '../../../src/api/index.ts';
import {
  roleBindingType,
  roleType,
  secretGrantType,
  userSecretType,
  type Role,
  type RoleBinding,
} from '../../../src/controllers/resources.ts';
import { createSecretGrantReconciler } from '../../../src/controllers/secret-grant/reconciler.ts';
import { secretGrantWakes } from '../../../src/controllers/secret-grant/wake.ts';
import { NamespaceRate } from '../../../src/controllers/namespace-rate.ts';
import { writeRates, type WriteRates } from '../../../src/controllers/write-rates.ts';
import { PatientClock } from '../../../src/kernel/index.ts';
import { ControllerWorld } from '../../support/controller-world.ts';

export class GrantWorld extends ControllerWorld {
  hasPolicies = true;
  /** Bytes that the namespace may have written in a minute; undefined: as in the operator. */
  bytesPerMinute: number | undefined;
  readonly #policyListeners: (() => void)[] = [];

  start(): Promise<void> {
    return this.startControllers((parts) => {
      const { watched } = parts;
      // As in the operator, where it is for the limits of jobs.
      const all = { ...parts, deadlines: new PatientClock(this.clock) };
      return [
        {
          name: 'secret-grant',
          reconcile: createSecretGrantReconciler({
            ...all,
            rates: this.#rates(),
            hasPolicies: () => this.hasPolicies,
            isOmitted: () => false,
          }),
          own: watched.secretGrants,
          wakes: secretGrantWakes({
            watched,
            onOmitted: () => undefined,
            onPolicies: (listener) => this.#policyListeners.push(listener),
          }),
          startKeys: () =>
            new Set([
              ...watched.secretGrants.store.keys(),
              ...[...watched.roleBindings.store.values()].flatMap(({ grantKey }) => grantKey ?? []),
            ]),
        },
      ];
    });
  }

  #rates(): WriteRates {
    const { clock, bytesPerMinute } = this;
    const usual = writeRates(clock);
    return bytesPerMinute === undefined
      ? usual
      : { ...usual, change: new NamespaceRate({ perMinute: bytesPerMinute, clock }) };
  }

  setPolicies(areThere: boolean): void {
    this.hasPolicies = areThere;
    for (const listener of this.#policyListeners) listener();
  }

  addSecret(name = 'db-password'): void {
    const metadata = { namespace: 'alice', name, generation: 1, creationTimestamp: this.now };
    this.model.put(userSecretType, { metadata, spec: { value: 'x' }, status: {} });
  }

  addGrant(spec: Partial<SecretGrantSpec> = {}, name = 'to-bob'): void {
    const metadata = { namespace: 'alice', name, generation: 1, creationTimestamp: this.now };
    this.model.put(secretGrantType, {
      metadata,
      spec: { secret: 'db-password', subject: { kind: 'User', name: 'bob' }, ...spec },
    });
  }

  /** The controller looks at the grant, as after a jump of the clock. */
  touchGrant(name = 'to-bob'): void {
    const grant = this.model.get(secretGrantType, { namespace: 'alice', name });
    if (grant !== undefined) this.model.put(secretGrantType, grant);
  }

  removeGrant(name = 'to-bob'): void {
    this.model.remove(secretGrantType, { namespace: 'alice', name });
  }

  grant(name = 'to-bob'): SecretGrant & { readonly status: SecretGrantStatus } {
    const grant = this.model.get(secretGrantType, { namespace: 'alice', name }) as unknown as SecretGrant;
    return { ...grant, status: grant.status ?? {} };
  }

  /** `phase reason` of a grant. */
  phase(name = 'to-bob'): string {
    const { phase, conditions } = this.grant(name).status;
    return `${phase ?? ''} ${conditions?.[0]?.reason ?? ''}`.trim();
  }

  get roles(): readonly Role[] {
    return this.model.all(roleType) as readonly unknown[] as readonly Role[];
  }

  get roleBindings(): readonly RoleBinding[] {
    return this.model.all(roleBindingType) as readonly unknown[] as readonly RoleBinding[];
  }

  /** Who is bound to anything, as names of subjects. */
  get bound(): readonly string[] {
    return [...new Set(this.roleBindings.flatMap(({ subjects = [] }) => subjects.map(({ name }) => name)))].sort();
  }

  in(ms: number): string {
    return new Date(this.clock.now() + ms).toISOString();
  }
}
