/**
 * Platform, which shares `db`, and web, which keeps a copy of it: the controllers of grants and of secrets, and RBAC as the Roles and
 * RoleBindings say it.
 */
import type { SecretGrantSpec, UserSecretSpec, UserSecretStatus } from '../../../src/api/index.ts';
import { AccessReviews } from '../../../src/controllers/access-reviews.ts';
import { valuesInFlight } from '../../../src/controllers/byte-budget.ts';
import {
  namespaceType,
  roleBindingType,
  roleType,
  secretGrantType,
  secretType,
  userSecretType,
  type Secret,
} from '../../../src/controllers/resources.ts';
import { createSecretGrantReconciler } from '../../../src/controllers/secret-grant/reconciler.ts';
import { secretGrantWakes } from '../../../src/controllers/secret-grant/wake.ts';
import { createUserSecretReconciler } from '../../../src/controllers/user-secret/reconciler.ts';
import { Sharing } from '../../../src/controllers/user-secret/sharing.ts';
import { Uses } from '../../../src/controllers/user-secret/uses.ts';
import { userSecretWakes } from '../../../src/controllers/user-secret/wake.ts';
import { newSealingKeyring } from '../../../src/sealing/index.ts';
import { ControllerWorld } from '../../support/controller-world.ts';
import { settle } from '../../support/manual-clock.ts';
import { isAllowedBy } from '../../support/model-rbac.ts';

type Ref = readonly [namespace: string, name: string];
export const db: Ref = ['platform', 'db'];
export const copy: Ref = ['web', 'db'];
export const ofDb: UserSecretSpec = { sharedFrom: { namespace: 'platform', name: 'db' } };
export const toWeb: SecretGrantSpec = { secret: 'db', subject: { kind: 'Namespace', name: 'web' }, access: 'copy' };
export const unavailable =
  'there is no secret:/platform/db of which this namespace may keep a copy; the copy is made as soon as there is';

export class CopiesWorld extends ControllerWorld {
  /** RBAC that stands in no Role of the model, as `namespace/name`. */
  readonly otherRbac = new Set<string>();
  /** What a copy takes, in any order. */
  readonly put = {
    secret: () => this.secret(db, { value: 'v1' }),
    grant: () => this.grant('to-web', toWeb),
    copy: () => this.secret(copy, ofDb),
  } as const;

  constructor() {
    super();
    for (const name of ['platform', 'web', 'shop']) this.model.put(namespaceType, { metadata: { name } });
    this.review = ({ user = '', groups = [], resourceAttributes }) => {
      const { verb = '', group = '', resource = '', namespace = '', name = '' } = resourceAttributes;
      return (
        this.otherRbac.has(`${namespace}/${name}`) ||
        isAllowedBy(this.model, { user, groups }, { verb, group, resource, namespace, name })
      );
    };
  }

  async start({ withGrants = true } = {}): Promise<void> {
    await this.startControllers((parts) => {
      const { watched, clock } = parts;
      const sharing = new Sharing(watched.secretGrants.store);
      const uses = new Uses(watched);
      const keyring = newSealingKeyring({ hpke: [], rsa: [] });
      const userSecret = {
        name: 'user-secret',
        reconcile: createUserSecretReconciler({
          ...parts,
          sharing,
          uses,
          reviews: new AccessReviews(parts),
          budget: valuesInFlight(),
          keyring: () => keyring,
          defaultKeep: 3,
          areAuthorsChecked: () => true,
        }),
        own: watched.userSecrets,
        startKeys: () => watched.userSecrets.store.keys(),
        wakes: userSecretWakes({ watched, sharing, uses, clock, onSealingKeys: () => undefined }),
      };
      const secretGrant = {
        name: 'secret-grant',
        reconcile: createSecretGrantReconciler({ ...parts, hasPolicies: () => true, isOmitted: () => false }),
        own: watched.secretGrants,
        wakes: secretGrantWakes({ watched, onOmitted: () => undefined, onPolicies: () => undefined }),
        startKeys: () => watched.secretGrants.store.keys(),
      };
      return withGrants ? [secretGrant, userSecret] : [userSecret];
    });
    await settle();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async later(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  async putAll(): Promise<void> {
    for (const each of Object.values(this.put)) await each();
  }

  /** A time of the API, of the world's clock. */
  inAnHour(): string {
    return new Date(this.clock.now() + 3_600_000).toISOString().replace('.000', '');
  }

  async secret([namespace, name]: Ref, spec: UserSecretSpec): Promise<void> {
    const former = this.model.get(userSecretType, { namespace, name });
    const generation = (former?.metadata.generation ?? 0) + 1;
    const metadata = { creationTimestamp: this.now, ...former?.metadata, namespace, name, generation };
    this.model.put(userSecretType, { ...former, metadata, spec });
    await settle();
  }

  async grant(name: string, spec: SecretGrantSpec, namespace = 'platform'): Promise<void> {
    const former = this.model.get(secretGrantType, { namespace, name });
    const generation = (former?.metadata.generation ?? 0) + 1;
    const metadata = { creationTimestamp: this.now, ...former?.metadata, namespace, name, generation };
    this.model.put(secretGrantType, { ...former, metadata, spec });
    await settle();
  }

  async removeSecret([namespace, name]: Ref): Promise<void> {
    this.model.remove(userSecretType, { namespace, name });
    this.model.remove(secretType, { namespace, name });
    await settle();
  }

  /** And what it owns, as the garbage collector does a moment later. */
  async removeGrant(name: string, namespace = 'platform'): Promise<void> {
    const grant = this.model.get(secretGrantType, { namespace, name });
    this.model.remove(secretGrantType, { namespace, name });
    await settle();
    for (const type of [roleBindingType, roleType]) {
      for (const { metadata } of this.model.all(type)) {
        if (metadata.ownerReferences?.some(({ uid }) => uid === grant?.metadata.uid) === true)
          this.model.remove(type, metadata);
      }
    }
    await settle();
  }

  async putNative([namespace, name]: Ref, change: Partial<Secret>): Promise<void> {
    const former = this.model.get(secretType, { namespace, name });
    this.model.put(secretType, {
      ...former,
      ...change,
      metadata: { ...former?.metadata, namespace, name, ...change.metadata },
    });
    await settle();
  }

  native([namespace, name]: Ref): Secret | undefined {
    return this.model.get(secretType, { namespace, name });
  }

  value(ref: Ref): string | undefined {
    const base64 = this.native(ref)?.data?.[ref[1]];
    return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
  }

  status([namespace, name]: Ref): UserSecretStatus {
    const found = this.model.get(userSecretType, { namespace, name }) as
      { readonly status?: UserSecretStatus } | undefined;
    return found?.status ?? {};
  }

  /** As `True Synced`. */
  reason(ref: Ref): string {
    const ready = this.status(ref).conditions?.find(({ type }) => type === 'Ready');
    return ready === undefined ? '' : `${ready.status} ${ready.reason}`;
  }

  message(ref: Ref): string {
    return this.status(ref).conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
  }

  phase(name: string, namespace = 'platform'): string {
    const { status } = (this.model.get(secretGrantType, { namespace, name }) ?? {}) as {
      readonly status?: { readonly phase?: string; readonly conditions?: readonly { readonly reason: string }[] };
    };
    return `${status?.phase ?? ''} ${status?.conditions?.[0]?.reason ?? ''}`.trim();
  }

  /** Writes of native Secrets of that namespace since the start. */
  writesIn(namespace: string): readonly string[] {
    return this.allWrites.filter((write) => write.includes(`namespaces/${namespace}/secrets`));
  }
}
