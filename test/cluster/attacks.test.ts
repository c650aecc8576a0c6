/** What somebody would try who wants more than he was given. Whoever may write objects of a namespace is a guest in it at most. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { ObjectOfKind } from '../support/api-paths.ts';
import { accepted, onCreateAs, onDeleteAs, onMergeAs } from '../support/api-verdict.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { jobIn, operatorWorld, orThrow, type OperatorWorld } from '../support/operator-world.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const ourLabels = { 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/user-secret': 'db', 'neu.ro/secret-grant': 'g' };
const missing = '00000000-0000-0000-0000-000000000000';
const rbac = { apiGroup: 'rbac.authorization.k8s.io' };

let world: OperatorWorld;
let operator: RunningOperator;
let alice: string;
let bob: string;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  alice = await world.test.makeNamespace('alice');
  bob = await world.test.makeNamespace('bob', { 'neu.ro/user': 'bob' });
  await world.secret(alice, 'db', { value: 'x' });
  for (const [namespace, user] of [
    [alice, 'alice'],
    [bob, 'bob'],
  ] as const) {
    const roleRef = { ...rbac, kind: 'ClusterRole', name: 'edit' };
    await world.create('rolebindings', namespace, {
      metadata: { name: 'owner' },
      roleRef,
      subjects: [{ ...rbac, kind: 'User', name: user }],
    });
  }
});

afterAll(() => operator.stop());

let sentinels = 0;
/** Until the operator has seen to a grant and a secret that were made after all that came before. */
async function operatorHasCaughtUp(): Promise<void> {
  const name = `sentinel-${String(++sentinels)}`;
  await world.secret(alice, name, { value: 'x' });
  const grant = await world.grant(alice, name, { secret: name, subject: { kind: 'User', name: 'sentinel' } });
  await world.remove('secretgrants', alice, name);
  await world.until(
    'rolebindings',
    alice,
    orThrow(grant.status?.roleBindingName),
    (found) => found === undefined,
    'the sentinel is unbound',
  );
  await world.remove('usersecrets', alice, name);
}
const mayBob = async (verb = 'use'): Promise<boolean> =>
  (await world.mayI({ user: 'bob' }, verb, alice, 'db')) || (await world.mayI(jobIn(bob), verb, alice, 'db'));
/** What an earlier grant gave is over only a moment after that grant. */
const untilBobMayNot = (): Promise<boolean> =>
  world.eventually(
    () => mayBob(),
    (seen) => !seen,
    'Bob may not use it',
  );

describe('a grant in one namespace over a secret of another', () => {
  it('gives nothing there', async () => {
    await world.test.kubectl('admin', ['delete', 'usersecret', 'db', '-n', bob, '--ignore-not-found']);
    await world.grant(
      bob,
      'steal',
      { secret: 'db', subject: { kind: 'User', name: 'bob' }, access: 'manage' },
      'False SecretNotFound',
    );
    await world.secret(bob, 'db', { value: 'mine' });
    await world.untilReason('secretgrants', bob, 'steal', 'True Active');
    await untilBobMayNot();
  });

  it('that names the namespace in the name is no grant at all', async () => {
    await expect(
      world.create('secretgrants', bob, {
        metadata: { name: 'slash' },
        spec: { secret: `${alice}/db`, subject: { kind: 'User', name: 'bob' } },
      }),
    ).rejects.toMatchObject({ code: 'Invalid' });
  });
});

describe('a user who cannot share', () => {
  const grantOf = (name: string): ObjectOfKind & { readonly spec: object } => ({
    apiVersion: 'neu.ro/v1',
    kind: 'SecretGrant',
    metadata: { name, namespace: alice },
    spec: { secret: 'db', subject: { kind: 'User', name: 'bob' }, access: 'manage' },
  });

  it('cannot make a grant, not even with a grant of access write', async () => {
    const refused = { code: 1, stderr: expect.stringContaining('Forbidden') as unknown };
    expect(await world.test.apply('bob', grantOf('own'))).toMatchObject(refused);
    await world.grant(alice, 'write', { secret: 'db', subject: { kind: 'User', name: 'bob' }, access: 'write' });
    await world.untilMay(true, { user: 'bob' }, 'patch', alice, 'db');
    expect(await world.test.apply('bob', grantOf('own'))).toMatchObject(refused);
    await world.remove('secretgrants', alice, 'write');
  });

  it('can share that secret and no other with a grant of access manage', async () => {
    await world.secret(alice, 'private', { value: 'x' });
    await world.grant(alice, 'manage', { secret: 'db', subject: { kind: 'User', name: 'bob' }, access: 'manage' });
    await world.untilMay(true, { user: 'bob' }, 'share', alice, 'db');
    await world.test.kubectl('admin', ['delete', 'secretgrant', 'to-carol', '-n', alice, '--ignore-not-found']);
    const carol = { kind: 'User', name: 'carol' };
    const made = (name: string, spec: object) => {
      const grant = { ...grantOf(name), spec };
      return onCreateAs(world.test, 'bob', grant, 'for good');
    };
    const grantedBy = { kind: 'User', name: 'bob' };
    expect(await made('to-carol', { secret: 'db', subject: carol, grantedBy })).toEqual(accepted);
    for (const spec of [{ secret: 'private', subject: carol }, { subject: carol }])
      for (const more of [{}, { grantedBy }])
        expect((await made('other', { ...spec, ...more })).message).toMatch(/does not hold the verb share/);
    for (const more of [{}, { grantedBy: { kind: 'User', name: 'alice' } }])
      expect((await made('other', { secret: 'db', subject: carol, ...more })).message).toMatch(
        /the new grant names them/,
      );
    await world.untilReason('secretgrants', alice, 'to-carol', 'True Active');
    await world.remove('secretgrants', alice, 'manage');
    await world.remove('secretgrants', alice, 'to-carol');
  });

  it('can neither end nor extend a grant that someone else made, by its metadata as little as by its spec', async () => {
    await world.secret(alice, 'quiet', { value: 'x' });
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const toBob = { subject: { kind: 'User', name: 'bob' }, access: 'manage', expiresAt } as const;
    await world.grant(alice, 'managing', { secret: 'db', ...toBob });
    await world.grant(alice, 'to-carol-2', { secret: 'quiet', subject: { kind: 'User', name: 'carol' } });
    await world.untilMay(true, { user: 'bob' }, 'share', alice, 'db');
    const before = await Promise.all(['managing', 'to-carol-2'].map((name) => world.get('secretgrants', alice, name)));
    const gone = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: missing };
    for (const name of ['managing', 'to-carol-2']) {
      for (const patch of [
        { metadata: { ownerReferences: [gone] } },
        { metadata: { finalizers: ['example.com/mine'] } },
        { metadata: { labels: { 'argocd.argoproj.io/instance': 'app' } } },
        { metadata: { annotations: { 'argocd.argoproj.io/sync-options': 'Prune=true' } } },
        { spec: { access: 'read' } },
        { spec: { expiresAt: null } },
      ]) {
        const tried = await onMergeAs(world.test, 'bob', world.path('secretgrants', alice, name), patch, 'for good');
        expect({ name, patch, ...tried }).toMatchObject({
          accepted: false,
          message: expect.stringMatching(/^Forbidden/),
        });
      }
      const removed = await onDeleteAs(world.test, 'bob', world.path('secretgrants', alice, name), 'for good');
      expect(removed).toMatchObject({ accepted: false, message: expect.stringMatching(/^Forbidden/) });
    }
    const after = await Promise.all(['managing', 'to-carol-2'].map((name) => world.get('secretgrants', alice, name)));
    expect(after.map((each) => each?.metadata)).toEqual(before.map((each) => each?.metadata));
    for (const name of ['managing', 'to-carol-2']) await world.remove('secretgrants', alice, name);
  });

  it('cannot have the operator read a Secret that he may not read himself', async () => {
    await world.create('secrets', alice, { metadata: { name: 'pg' }, data: { password: base64('CANARY') } });
    await world.grant(alice, 'writes', { secret: 'db', subject: { kind: 'User', name: 'bob' }, access: 'write' });
    await world.untilMay(true, { user: 'bob' }, 'patch', alice, 'db');
    const patch = JSON.stringify({ spec: { value: null, secretKeyRef: { name: 'pg', key: 'password' } } });
    const tried = await world.test.kubectl('bob', [
      'patch',
      'usersecret',
      'db',
      '-n',
      alice,
      '--type=merge',
      '-p',
      patch,
    ]);
    expect(tried.stderr).toMatch(/cannot get Secret/);
    await world.remove('secretgrants', alice, 'writes');
  });
});

describe('a name taken beforehand', () => {
  /** Makes the operator stop, so that a name made of a UID can be taken before it is. */
  it.each(['roles', 'rolebindings'] as const)(
    'among the %s is never overwritten, and is reported as a Conflict',
    async (plural) => {
      await operator.stop();
      const grant = await world.create('secretgrants', alice, {
        metadata: { name: plural },
        spec: { secret: 'db', subject: { kind: 'User', name: 'bob' } },
      });
      const name = `neuro-grant-${grant.metadata.uid}`;
      const rest =
        plural === 'roles'
          ? { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }
          : {
              roleRef: { ...rbac, kind: 'ClusterRole', name: 'view' },
              subjects: [{ ...rbac, kind: 'User', name: 'x' }],
            };
      const taken = await world.create(plural, alice, { metadata: { name, labels: ourLabels }, ...rest });
      operator = await startOperator(world.test);
      await world.untilReason('secretgrants', alice, plural, 'False Conflict');
      expect(await world.get(plural, alice, name)).toEqual(taken);
      await untilBobMayNot();
      await world.remove(plural, alice, name);
      await world.untilReason('secretgrants', alice, plural, 'True Active');
      await world.remove('secretgrants', alice, plural);
      await untilBobMayNot();
    },
  );

  it('is not written over when the grant goes either', async () => {
    await operator.stop();
    const grant = await world.create('secretgrants', alice, {
      metadata: { name: 'gone' },
      spec: { secret: 'db', subject: { kind: 'User', name: 'bob' } },
    });
    const name = `neuro-grant-${grant.metadata.uid}`;
    await world.create('roles', alice, { metadata: { name, labels: ourLabels }, rules: [] });
    operator = await startOperator(world.test);
    await world.untilReason('secretgrants', alice, 'gone', 'False Conflict');
    await world.remove('secretgrants', alice, 'gone');
    await operatorHasCaughtUp();
    expect(await world.get('roles', alice, name)).toBeDefined();
  });
});

describe('our labels on an object of someone else', () => {
  test.each<[string, object]>([
    ['alone', {}],
    ['with an annotation of an owner that is not there', { annotations: { 'neu.ro/owner-uid': missing } }],
  ])('%s change nothing and delete nothing', async (_case, metadata) => {
    const name = `labelled-${String(Object.keys(metadata).length)}`;
    const secret = await world.create('secrets', alice, {
      metadata: { name, labels: ourLabels, ...metadata },
      data: { a: base64('b') },
    });
    const role = await world.create('roles', alice, {
      metadata: { name, labels: ourLabels, ...metadata },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    });
    const binding = await world.create('rolebindings', alice, {
      metadata: { name, labels: ourLabels, ...metadata },
      roleRef: { ...rbac, kind: 'Role', name },
      subjects: [],
    });
    await world.grant(alice, 'g', { secret: 'db', subject: { kind: 'User', name: 'bob' } });
    await world.remove('secretgrants', alice, 'g');
    await world.secret(alice, name, { value: 'x' }, 'False Conflict');
    await world.remove('usersecrets', alice, name);
    await operatorHasCaughtUp();
    expect(await world.get('secrets', alice, name)).toEqual(secret);
    expect(await world.get('roles', alice, name)).toEqual(role);
    expect(await world.get('rolebindings', alice, name)).toEqual(binding);
  });
});

describe('a forged owner reference', () => {
  it('to a grant does not get a Role deleted or changed', async () => {
    const grant = await world.grant(alice, 'forged', { secret: 'db', subject: { kind: 'User', name: 'bob' } });
    const reference = {
      apiVersion: 'neu.ro/v1',
      kind: 'SecretGrant',
      name: 'forged',
      uid: grant.metadata.uid,
      controller: true,
    };
    const forged = await world.create('roles', alice, {
      metadata: { name: 'mine', labels: ourLabels, ownerReferences: [reference] },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    });
    await world.patch('secretgrants', alice, 'forged', { spec: { access: 'write' } });
    await world.untilReason('secretgrants', alice, 'forged', 'True Active');
    await world.patch('secretgrants', alice, 'forged', { spec: { expiresAt: '2020-01-01T00:00:00Z' } });
    await world.untilReason('secretgrants', alice, 'forged', 'True Expired');
    await operatorHasCaughtUp();
    expect(await world.get('roles', alice, 'mine')).toEqual(forged);
    await world.remove('secretgrants', alice, 'forged');
  });

  it('to a UserSecret does not make another Secret its own', async () => {
    const { metadata } = orThrow(await world.get('usersecrets', alice, 'db'));
    const reference = { apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db', uid: metadata.uid, controller: true };
    const forged = await world.create('secrets', alice, {
      metadata: { name: 'not-db', labels: ourLabels, ownerReferences: [reference] },
      data: { a: base64('b') },
    });
    await world.patch('usersecrets', alice, 'db', { spec: { value: 'y' } });
    await world.untilReason('usersecrets', alice, 'db', 'True Synced');
    await operatorHasCaughtUp();
    expect(await world.get('secrets', alice, 'not-db')).toEqual(forged);
  });
});

it('the key of the fingerprints and the sealing keys are no source of a value', async () => {
  await world.secret(
    'neuro-system',
    'peek',
    { secretKeyRef: { name: 'neuro-operator-fingerprint-key', key: 'key' } },
    'False SourceNotPermitted',
  );
  await world.remove('usersecrets', 'neuro-system', 'peek');
});

it('a value is in no log, event, status or metric of a whole run', async () => {
  const canary = 'CANARY-c0ffee';
  await world.secret(alice, 'canary', { value: canary });
  await world.secret(alice, 'sealed-canary', { sealed: { value: canary } }, 'False Malformed');
  await world.patch('secrets', alice, 'canary', { data: { canary: base64(`${canary}-2`) } });
  await world.until('secrets', alice, 'canary', (found) => found?.data?.['canary'] === base64(canary), 'healed');
  const events = await world.eventually(
    async () => JSON.stringify(await world.test.request({ method: 'GET', path: `/api/v1/namespaces/${alice}/events` })),
    (text) => text.includes('Healed'),
    'the healing is told',
  );
  const statuses = await Promise.all(
    ['canary', 'sealed-canary'].map(async (name) => (await world.get('usersecrets', alice, name))?.status),
  );
  const metrics = await (await fetch(`${operator.healthUrl}/metrics`)).text();
  const seen = [events, JSON.stringify(statuses), metrics, operator.log()].join('\n');
  for (const text of [canary, base64(canary), base64(`${canary}-2`)]) expect(seen.includes(text)).toBe(false);
});
