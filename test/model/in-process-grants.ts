/** The controllers of grants and jobs before an API server without a network, as the system that the model is compared with. */
import { expect } from 'vitest';
import { GROUP } from '../../src/api/index.ts';
import {
  namespaceType,
  neuroJobType,
  podType,
  roleBindingType,
  roleType,
  secretGrantType,
  secretType,
  userSecretType,
} from '../../src/controllers/resources.ts';
import { createNeuroJobReconciler } from '../../src/controllers/neuro-job/reconciler.ts';
import { neuroJobWakes } from '../../src/controllers/neuro-job/wake.ts';
import { createSecretGrantReconciler } from '../../src/controllers/secret-grant/reconciler.ts';
import { secretGrantWakes } from '../../src/controllers/secret-grant/wake.ts';
import { AccessReviews } from '../../src/controllers/access-reviews.ts';
import { valuesInFlight } from '../../src/controllers/byte-budget.ts';
import { createUserSecretReconciler } from '../../src/controllers/user-secret/reconciler.ts';
import { Sharing } from '../../src/controllers/user-secret/sharing.ts';
import { Uses } from '../../src/controllers/user-secret/uses.ts';
import { userSecretWakes } from '../../src/controllers/user-secret/wake.ts';
import { newSealingKeyring } from '../../src/sealing/index.ts';
import { ControllerWorld } from '../support/controller-world.ts';
import { isAllowedBy } from '../support/model-rbac.ts';
import { expectedVerbs, homeIdentity, questions, type Question } from './expected-verbs.ts';
import type { GrantSystem } from './grant-commands.ts';
import {
  copyMay,
  jobMay,
  secretNames,
  specOf,
  teamOf,
  users,
  valueOf,
  type Copy,
  type Grant,
  type GrantModel,
  type Job,
  type SecretName,
  type Source,
  type User,
} from './grant-model.ts';

/** What the operator has to do after a step is done by then. Nearly all of it takes milliseconds. */
const settledMs = 2_000;

export class InProcessGrants extends ControllerWorld implements GrantSystem {
  constructor() {
    super();
    this.review = ({ user = '', groups = [], resourceAttributes }) => {
      const { verb = '', group = '', resource = '', namespace = '', name } = resourceAttributes;
      const attributes = { verb, group, resource, namespace, ...(name === undefined ? {} : { name }) };
      return isAllowedBy(this.model, { user, groups }, attributes);
    };
    for (const user of users) {
      const annotations = { 'neu.ro/user': user, 'neu.ro/groups': teamOf[user].join(',') };
      this.model.put(namespaceType, { metadata: { name: user, annotations } });
      // What an owner has in a home, by the role `admin`.
      const rules = [{ apiGroups: [GROUP], resources: ['*'], verbs: ['*'] }];
      this.model.put(roleType, { metadata: { namespace: user, name: 'owner' }, rules });
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'owner' };
      const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }];
      this.model.put(roleBindingType, { metadata: { namespace: user, name: 'owner' }, roleRef, subjects });
    }
  }

  startOperator(): Promise<void> {
    return this.startControllers((parts) => {
      const { watched } = parts;
      const sharing = new Sharing(watched.secretGrants.store);
      const uses = new Uses(watched);
      const keyring = newSealingKeyring({ hpke: [], rsa: [] });
      const grantWakes = secretGrantWakes({ watched, onOmitted: () => undefined, onPolicies: () => undefined });
      return [
        {
          name: 'secret-grant',
          reconcile: createSecretGrantReconciler({ ...parts, hasPolicies: () => true, isOmitted: () => false }),
          own: watched.secretGrants,
          wakes: grantWakes,
          startKeys: () =>
            new Set([
              ...watched.secretGrants.store.keys(),
              ...[...watched.roleBindings.store.values()].flatMap(({ grantKey }) => grantKey ?? []),
            ]),
        },
        {
          name: 'neuro-job',
          reconcile: createNeuroJobReconciler({ ...parts, config: { presets: {} } }),
          own: watched.neuroJobs,
          wakes: neuroJobWakes(watched),
          startKeys: () => watched.neuroJobs.store.keys(),
        },
        {
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
          wakes: userSecretWakes({ watched, sharing, uses, clock: parts.clock, onSealingKeys: () => undefined }),
        },
      ];
    });
  }

  stopOperator(): Promise<void> {
    return this.stop();
  }

  nowMs(): number {
    return this.clock.now();
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  addSecret(owner: User, name: SecretName, source: Source): Promise<void> {
    this.model.put(userSecretType, {
      metadata: { namespace: owner, name, generation: 1, creationTimestamp: this.now },
      spec: specOf(source),
    });
    return Promise.resolve();
  }

  changeSecret(owner: User, name: SecretName, value: string): Promise<void> {
    const former = this.model.get(userSecretType, { namespace: owner, name });
    if (former === undefined) throw new Error(`there is no ${owner}/${name}`);
    const generation = (former.metadata.generation ?? 0) + 1;
    this.model.put(userSecretType, { ...former, metadata: { ...former.metadata, generation }, spec: { value } });
    return Promise.resolve();
  }

  removeSecret(owner: User, name: SecretName): Promise<void> {
    this.model.remove(userSecretType, { namespace: owner, name });
    this.model.remove(secretType, { namespace: owner, name });
    return Promise.resolve();
  }

  addGrant({ id, owner, expiresAt, secret, grantedBy, subject, access }: Grant): Promise<void> {
    this.model.put(secretGrantType, {
      metadata: { namespace: owner, name: id, generation: 1, creationTimestamp: this.now },
      spec: {
        subject,
        access,
        ...(secret === undefined ? {} : { secret }),
        ...(grantedBy === undefined ? {} : { grantedBy }),
        ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
      },
    });
    return Promise.resolve();
  }

  removeGrant({ owner, id }: Grant): Promise<void> {
    this.model.remove(secretGrantType, { namespace: owner, name: id });
    return Promise.resolve();
  }

  addJob(id: string, user: User, owner: User, secret: SecretName): Promise<void> {
    const env = [{ name: 'S', fromSecret: { name: secret, namespace: owner } }];
    this.model.put(neuroJobType, {
      metadata: { namespace: user, name: id, generation: 1, creationTimestamp: this.now },
      spec: { image: 'busybox:1', env, scheduleTimeout: '9999d' },
    });
    return Promise.resolve();
  }

  addCopy(name: string, { user, owner, secret }: Copy): Promise<void> {
    this.model.put(userSecretType, {
      metadata: { namespace: user, name, generation: 1, creationTimestamp: this.now },
      spec: { sharedFrom: { namespace: owner, name: secret } },
    });
    return Promise.resolve();
  }

  async compare(model: GrantModel): Promise<void> {
    // What a job may at this moment it does at once; what follows by itself only takes away.
    if (model.isOperatorUp) for (const job of model.jobs.values()) job.hasStarted ||= jobMay(model, this.nowMs(), job);
    await this.clock.advance(settledMs);
    expect(this.errors).toEqual([]);
    if (!model.isOperatorUp) return;
    expect(this.#verbs()).toEqual(expectedVerbs(model, this.nowMs()));
    for (const job of model.jobs.values()) this.#compareJob(job);
    for (const owner of users)
      for (const name of secretNames) this.#compareValue(`${owner}/${name}`, valueOf(model, owner, name));
    for (const [id, copy] of model.copies) {
      const value = copyMay(model, this.nowMs(), copy) ? valueOf(model, copy.owner, copy.secret) : undefined;
      this.#compareValue(id, value);
    }
  }

  #verbs(): readonly string[] {
    const isYes = ({ user, verb, owner, secret, isHome }: Question): boolean =>
      isAllowedBy(
        this.model,
        isHome ? homeIdentity(user) : { user, groups: [...teamOf[user], 'system:authenticated'] },
        { verb, group: GROUP, resource: 'usersecrets', namespace: owner, name: secret },
      );
    return questions.filter(isYes).map(({ text }) => text);
  }

  /** The native Secret of that UserSecret has the value, or is absent. */
  #compareValue(id: string, value: string | undefined): void {
    const [namespace = '', name = ''] = id.split('/');
    const data = this.model.get(secretType, { namespace, name })?.['data'] as Record<string, string> | undefined;
    expect({ id, value: data?.[name] }).toEqual({
      id,
      value: value === undefined ? undefined : Buffer.from(value).toString('base64'),
    });
  }

  #compareJob({ id, user, hasStarted }: Job): void {
    const hasPod = this.model.get(podType, { namespace: user, name: id }) !== undefined;
    expect(`${id} ${hasPod ? 'runs' : 'waits'}`).toBe(`${id} ${hasStarted ? 'runs' : 'waits'}`);
    const copies = this.model
      .all(secretType)
      .filter(({ metadata }) => metadata.ownerReferences?.some(({ kind, name }) => kind === 'NeuroJob' && name === id));
    // No value is in a namespace whose job may not have it.
    if (!hasStarted) expect(copies.map(({ metadata }) => metadata.name)).toEqual([]);
  }
}
