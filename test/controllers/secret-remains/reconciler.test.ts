import { afterEach, beforeEach, expect, test } from 'vitest';
import { FORMER_VALUE_TYPE, NEXT_VALUE_TYPE } from '../../../src/api/index.ts';
import { createFingerprint } from '../../../src/controllers/fingerprint.ts';
import { formerMetadata, formerName } from '../../../src/controllers/former-record.ts';
import { nextMetadata, nextName } from '../../../src/controllers/next-value.ts';
import { secretType, userSecretType, type Secret } from '../../../src/controllers/resources.ts';
import type { GoneOwners } from '../../../src/controllers/secret-remains/gather.ts';
import { graceMs } from '../../../src/controllers/secret-remains/plan.ts';
import { createSecretRemainsReconciler } from '../../../src/controllers/secret-remains/reconciler.ts';
import { secretRemainsKeys, secretRemainsWakes } from '../../../src/controllers/secret-remains/wake.ts';
import type { ObjectMeta } from '../../../src/kernel/index.ts';
import { ControllerWorld } from '../../support/controller-world.ts';
import { settle } from '../../support/manual-clock.ts';

const namespace = 'web';
/** By the key of the world. */
const fingerprint = createFingerprint(Buffer.from('key'));
const labels = { 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/user-secret': 'db' };

class RemainsWorld extends ControllerWorld {
  start(): Promise<void> {
    const gone: GoneOwners = new Map();
    return this.startControllers((parts) => [
      {
        name: 'secret-remains',
        reconcile: createSecretRemainsReconciler({ ...parts, gone }),
        wakes: secretRemainsWakes(parts.watched, gone),
        startKeys: () => secretRemainsKeys(parts.watched),
      },
    ]);
  }

  /** Resolves with the UID. */
  userSecret(name: string): string {
    const metadata = { namespace, name, generation: 1, creationTimestamp: this.now };
    return this.model.put(userSecretType, { metadata, spec: { value: 'v' } }).metadata.uid ?? '';
  }

  native(name: string, metadata: Partial<ObjectMeta>, more: Partial<Secret> = {}): void {
    this.model.put(secretType, {
      metadata: { namespace, name, labels, creationTimestamp: this.now, ...metadata },
      data: { db: 'dg==' },
      ...more,
    });
  }

  /** As the operator makes them, for that UserSecret. */
  annotations(uid: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    return { 'neu.ro/owner-uid': uid, 'neu.ro/version': fingerprint.version(uid, 'dg=='), ...more };
  }

  async later(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  get names(): readonly string[] {
    return this.model.all(secretType).map(({ metadata }) => metadata.name);
  }
}

const copied = { 'neu.ro/copied-from': 'platform/db' };
const ownedBy = (uid: string, name: string) => [
  { apiVersion: 'neu.ro/v1', kind: 'UserSecret', name, uid, controller: true },
];

let world: RemainsWorld;
beforeEach(() => {
  world = new RemainsWorld();
});
afterEach(() => world.stop());

test('what belongs to a UserSecret goes with it at once; what was left on purpose, or belongs to another, stays', async () => {
  const [db, other] = [world.userSecret('db'), world.userSecret('other')];
  world.native('db', { ownerReferences: ownedBy(db, 'db'), annotations: world.annotations(db) });
  world.native('left-on-purpose', { annotations: world.annotations(db, { 'neu.ro/orphan': 'true' }) });
  world.native('other', { ownerReferences: ownedBy(other, 'other'), annotations: world.annotations(other) });
  await world.start();
  expect(world.names).toHaveLength(3);
  world.model.remove(userSecretType, { namespace, name: 'db' });
  await settle();
  expect(world.names).toEqual(['left-on-purpose', 'other']);
});

test('one that lost its owner reference in the moment before is not deleted', async () => {
  const db = world.userSecret('db');
  world.native('db', { ownerReferences: ownedBy(db, 'db'), annotations: world.annotations(db) });
  await world.start();
  let requests = 0;
  world.intercept = ({ method, path }) => {
    if (method === 'DELETE' && path.endsWith('/secrets/db') && (requests += 1) === 1)
      world.native('db', { annotations: world.annotations(db) });
    return 'pass';
  };
  world.model.remove(userSecretType, { namespace, name: 'db' });
  await world.later(graceMs);
  expect([requests, world.names]).toEqual([1, ['db']]);
});

test('former values and the next one go with a UserSecret that was deleted with --cascade=orphan; its Secret stays', async () => {
  const db = world.userSecret('db');
  const version = fingerprint.version(db, 'dg==');
  const former = formerName(fingerprint, db, 'db', version);
  const next = nextName(fingerprint, db, 'db');
  const record = { userSecret: 'db', key: 'db', version, until: world.now };
  const helper = { immutable: true, type: NEXT_VALUE_TYPE } as const;
  const source = { version, sourceHash: 'h' };
  const proved = nextMetadata(fingerprint, db, next, source);
  const replacement = nextName(fingerprint, db, 'db', 'replacement');
  await world.start();
  // Kubernetes' collector has taken the owner references off before the UserSecret goes.
  world.native('db', { annotations: world.annotations(db) });
  world.native(former, formerMetadata(fingerprint, db, former, record), { immutable: true, type: FORMER_VALUE_TYPE });
  world.native(next, proved, helper);
  world.native(replacement, nextMetadata(fingerprint, db, replacement, source, 'replacement'), helper);
  world.native('db-next-forged', { ...proved, annotations: { ...proved.annotations, 'neu.ro/version': 'x' } }, helper);
  world.native('db-former-forged', formerMetadata(fingerprint, db, former, record), { immutable: true });
  world.native('db-former-of-another', { annotations: world.annotations('gone') }, { immutable: true });
  await settle();
  expect(world.names).toHaveLength(7);
  world.model.remove(userSecretType, { namespace, name: 'db' });
  await settle();
  expect(world.names).toEqual(['db', 'db-next-forged', 'db-former-forged', 'db-former-of-another']);
});

test.each(['next', 'replacement'] as const)(
  'a value that is kept as the %s goes with a UserSecret that was deleted with --cascade=orphan while the operator was down',
  async (purpose) => {
    const db = world.userSecret('db');
    const there = world.userSecret('there');
    const keep = (uid: string, userSecret: string): void => {
      const name = nextName(fingerprint, uid, userSecret, purpose);
      const source = { version: fingerprint.version(uid, 'dg=='), sourceHash: 'h' };
      const metadata = nextMetadata(fingerprint, uid, name, source, purpose);
      world.native(name, metadata, { immutable: true, type: NEXT_VALUE_TYPE });
    };
    keep(db, 'db');
    keep(there, 'there');
    world.native('db', { annotations: world.annotations(db) });
    world.model.remove(userSecretType, { namespace, name: 'db' });
    await world.start();
    await world.later(graceMs - 1_000);
    expect(world.names).toHaveLength(3);
    await world.later(1_000);
    expect(world.names).toEqual([nextName(fingerprint, there, 'there', purpose), 'db']);
  },
);

test.each(['before the operator starts', 'while it runs'])(
  'a copy that was detached from its UserSecret %s goes, though nothing owns it',
  async (when) => {
    const db = world.userSecret('db');
    world.native('db', { ownerReferences: ownedBy(db, 'db'), annotations: world.annotations(db, copied) });
    await world.later(2 * graceMs);
    const detach = (): void => {
      world.native('db', {
        annotations: world.annotations(db, copied),
        creationTimestamp: new Date(world.clock.now() - 2 * graceMs).toISOString(),
      });
      world.model.remove(userSecretType, { namespace, name: 'db' });
    };
    if (when === 'while it runs') await world.start();
    detach();
    if (when !== 'while it runs') await world.start();
    await world.later(1_000);
    expect(world.names).toEqual([]);
  },
);

test('a Secret that only says that it is a copy, and a copy whose UserSecret is there, stay', async () => {
  const db = world.userSecret('db');
  world.native('forged', { annotations: { ...copied, 'neu.ro/owner-uid': db, 'neu.ro/version': 'x' } });
  world.native('db', { annotations: world.annotations(db, copied) });
  // The last to be settled: by then all others were looked at.
  world.native('sentinel', { annotations: world.annotations('gone', copied) });
  await world.start();
  await world.later(2 * graceMs);
  expect(world.names).toEqual(['forged', 'db']);
});
