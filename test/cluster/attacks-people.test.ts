/** Alice, Bob and Mallory, each with the rights that they really have, and what they try against one another. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import {
  chooseSealingKey,
  parseCertificatePem,
  parsePublicKeys,
  sealHpke,
  sealKubeseal,
} from '../../src/sealing/index.ts';
import type { ObjectOfKind } from '../support/api-paths.ts';
import {
  accepted,
  mayDo,
  onCreateAs,
  onDeleteAs,
  onMergeAs,
  type ResourceAttributes,
  type Verdict,
} from '../support/api-verdict.ts';
import { testCluster } from '../support/cluster.ts';
import { operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import { jobIn, operatorWorld, orThrow, type OperatorWorld } from '../support/operator-world.ts';
import { untilTrue } from '../support/until.ts';
import { homeOf, jobsPath, jobStatus, makeJob, podsOf, remake } from './attacks-people-world.ts';

const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let world: OperatorWorld;
let operator: RunningOperator;
let alice: string;
let bob: string;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  await world.test.cluster.addUser('mallory');
  operator = await startOperator(world.test);
  alice = await homeOf(world, 'alice');
  bob = await homeOf(world, 'bob');
  await world.secret(alice, 'db', { value: 'x' });
});

afterAll(() => operator.stop());

const toBob = { secret: 'db', subject: { kind: 'User', name: 'bob' } } as const;
const may = (namespace: string, verb = 'use', name = 'db'): Promise<boolean> =>
  world.mayI(jobIn(namespace), verb, alice, name);
const until = (look: () => Promise<boolean>, wanted: boolean, what: string): Promise<boolean> =>
  world.eventually(look, (seen) => seen === wanted, what);
const object = (
  kind: string,
  namespace: string,
  name: string,
  spec: object,
): ObjectOfKind & { readonly spec: object } => ({
  apiVersion: 'neu.ro/v1',
  kind,
  metadata: { name, namespace },
  spec,
});
const uses = (secret: string, more: object = {}): object => ({
  image: 'busybox:1',
  env: [{ name: 'S', fromSecret: { namespace: alice, name: secret } }],
  ...more,
});

describe('someone with a grant of access write', () => {
  it('cannot make the secret again after he deleted it, by any kind of request', async () => {
    await world.secret(alice, 'lent', { value: 'x' });
    await world.grant(alice, 'lent', { ...toBob, secret: 'lent', access: 'write' });
    await world.untilMay(true, { user: 'bob' }, 'delete', alice, 'lent');
    expect((await world.test.kubectl('bob', ['delete', 'usersecret', 'lent', '-n', alice])).code).toBe(0);
    const again = JSON.stringify(object('UserSecret', alice, 'lent', { value: 'of bob' }));
    for (const args of [['create'], ['apply'], ['apply', '--server-side'], ['replace']]) {
      const { code, stderr } = await world.test.kubectl('bob', [...args, '-f', '-'], again);
      expect([args, code, stderr]).toEqual([args, 1, expect.stringMatching(/Forbidden|NotFound/)]);
    }
    expect(await world.get('usersecrets', alice, 'lent')).toBeUndefined();
    await world.remove('secretgrants', alice, 'lent');
  });

  it('decides neither what a revoke does to jobs, nor when the object goes; the owner does', async () => {
    await world.secret(alice, 'ends', { value: 'x', onRevoke: 'Terminate' });
    await world.grant(alice, 'writes-ends', { ...toBob, secret: 'ends', access: 'write' });
    await world.untilMay(true, { user: 'bob' }, 'patch', alice, 'ends');
    const gone = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '00000000-0000-0000-0000-000000000000' };
    const patch = (user: string, change: object) =>
      onMergeAs(world.test, user, world.path('usersecrets', alice, 'ends'), change);
    const changes = [
      { spec: { onRevoke: 'Continue' } },
      { spec: { onRevoke: null } },
      { spec: { deletionPolicy: 'Orphan' } },
      { metadata: { finalizers: ['example.com/mine'] } },
      { metadata: { ownerReferences: [gone] } },
    ];
    for (const change of changes) {
      expect({ change, ...(await patch('bob', change)) }).toMatchObject({
        accepted: false,
        message: expect.stringContaining('only the owner of a UserSecret can set'),
      });
      expect({ change, ...(await patch('alice', change)) }).toMatchObject({ change, ...accepted });
    }
    for (const change of [{ spec: { value: 'new' } }, { metadata: { annotations: { 'neu.ro/rotate': 'now' } } }])
      expect({ change, ...(await patch('bob', change)) }).toMatchObject({ change, ...accepted });
    await world.remove('secretgrants', alice, 'writes-ends');
  });

  it('cannot read the native Secret, nor list or create anything beside it', async () => {
    await world.grant(alice, 'w', { ...toBob, access: 'write' });
    const can = (what: Omit<ResourceAttributes, 'namespace'>): Promise<boolean> =>
      mayDo(world.test, 'bob', { namespace: alice, ...what });
    const ours = { group: 'neu.ro' };
    // In force, or all that follows would be no for that alone.
    await untilTrue(() => can({ ...ours, verb: 'patch', resource: 'usersecrets', name: 'db' }));
    for (const what of [
      { verb: 'get', resource: 'secrets', name: 'db' },
      { verb: 'list', resource: 'secrets' },
      { ...ours, verb: 'list', resource: 'usersecrets' },
      { ...ours, verb: 'create', resource: 'usersecrets' },
      { ...ours, verb: 'get', resource: 'usersecrets', name: 'other' },
      { ...ours, verb: 'create', resource: 'secretgrants' },
      { ...ours, verb: 'create', resource: 'neurojobs' },
      { verb: 'create', resource: 'pods' },
      { ...ours, verb: 'patch', resource: 'usersecrets', name: 'db', subresource: 'status' },
    ])
      expect([what, await can(what)]).toEqual([what, false]);
    await world.remove('secretgrants', alice, 'w');
  });

  it('opens with it what was sealed for all of the namespace: that is what the scope says, and strict does not', async () => {
    const key = await parseCertificatePem(
      await world.eventually(
        async () => (await fetch(`${operator.httpUrl}/v1/cert.pem`)).text(),
        (text) => text.includes('BEGIN'),
        'a certificate',
        60_000,
      ),
    );
    const context = { namespace: alice, name: 'private', key: 'private' };
    const wide = await sealKubeseal(key, 'namespace-wide', context, bytes('for all of alice'));
    const strict = await sealKubeseal(key, 'strict', context, bytes('for one name'));
    await world.secret(alice, 'db2', { value: 'x' });
    await world.grant(alice, 'w2', { ...toBob, secret: 'db2', access: 'write' });
    await world.untilMay(true, { user: 'bob' }, 'patch', alice, 'db2');
    const patch = async (sealed: object): Promise<void> => {
      const db2 = world.path('usersecrets', alice, 'db2');
      const patched = await onMergeAs(world.test, 'bob', db2, { spec: { value: null, sealed } }, 'for good');
      expect(patched).toEqual(accepted);
    };
    await patch({ format: 'kubeseal', value: strict, scope: 'strict' });
    await world.untilReason('usersecrets', alice, 'db2', 'False CannotOpen');
    await patch({ format: 'kubeseal', value: wide, scope: 'namespace-wide' });
    await world.untilReason('usersecrets', alice, 'db2', 'True Synced');
    await world.remove('secretgrants', alice, 'w2');
  });
});

describe('someone with a grant of access manage', () => {
  it('can hand on what he may share, for as long as he may: his own grant carries it, and it falls with that', async () => {
    await world.grant(alice, 'managed', { ...toBob, access: 'manage' });
    await until(() => world.mayI({ user: 'bob' }, 'share', alice, 'db'), true, 'Bob shares');
    const mallorys = object('SecretGrant', alice, 'to-mallory', {
      secret: 'db',
      subject: { kind: 'User', name: 'mallory' },
      grantedBy: { kind: 'User', name: 'bob' },
    });
    expect(await onCreateAs(world.test, 'bob', mallorys, 'for good')).toEqual(accepted);
    await world.untilReason('secretgrants', alice, 'to-mallory', 'True Active');
    await world.untilMay(true, { user: 'mallory' }, 'use', alice, 'db');
    await world.remove('secretgrants', alice, 'managed');
    await world.untilReason('secretgrants', alice, 'to-mallory', 'False GranterLostAccess');
    await until(() => world.mayI({ user: 'bob' }, 'share', alice, 'db'), false, 'Bob shares no more');
    await world.untilMay(false, { user: 'mallory' }, 'use', alice, 'db');
    // What he made he cannot take back, nor change, any more.
    const deleted = await onDeleteAs(world.test, 'bob', world.path('secretgrants', alice, 'to-mallory'), 'for good');
    expect(deleted).toMatchObject({ accepted: false, message: expect.stringMatching(/^Forbidden/) as unknown });
    await world.remove('secretgrants', alice, 'to-mallory');
  });
});

describe('a name that looks like another', () => {
  test.each<[string, string]>([
    ['with a Cyrillic letter', 'b\u043eb'],
    ['in capitals', 'BOB'],
    ['of composed letters', 'bo\u0301b'],
  ])('%s is another: it gives Bob nothing', async (_case, name) => {
    const { metadata } = await world.grant(alice, 'alike', { secret: 'db', subject: { kind: 'User', name } });
    await world.untilMay(true, { user: name }, 'use', alice, 'db');
    await until(() => may(bob), false, 'the home of Bob');
    await world.untilMay(false, { user: 'bob' }, 'use', alice, 'db');
    await world.remove('secretgrants', alice, metadata.name);
  });

  test.each([' bob', 'bob ', 'bob\n', 'bob\u0000', '', '\u001b[2Kbob', 'bob\u200b', '\u202ebob', 'bob\u009b'])(
    '%j is refused',
    async (name) => {
      const spec = { secret: 'db', subject: { kind: 'User', name } };
      await expect(world.create('secretgrants', alice, { metadata: { name: 'odd' }, spec })).rejects.toMatchObject({
        code: expect.stringMatching(/^(Invalid|BadRequest)$/) as unknown,
      });
    },
  );
});

describe('a namespace that is deleted and made again by someone else', () => {
  it('gets nothing that was granted to the person whose home it was', async () => {
    const home = await homeOf(world, 'bob');
    await world.grant(alice, 'to-bob', toBob);
    await until(() => may(home), true, 'the home of Bob');
    await remake(world, home, { 'neu.ro/user': 'mallory' });
    await until(() => may(home), false, 'the home of Mallory');
    await until(() => may(bob), true, 'the home of Bob');
    await world.remove('secretgrants', alice, 'to-bob');
  });

  it('gets what was granted to the namespace by its name, as with every RoleBinding', async () => {
    const home = await homeOf(world, 'bob');
    await world.grant(alice, 'to-namespace', { secret: 'db', subject: { kind: 'Namespace', name: home } });
    await remake(world, home, { 'neu.ro/user': 'mallory' });
    await until(() => may(home), true, 'the home of Mallory');
    await world.remove('secretgrants', alice, 'to-namespace');
  });

  it('opens what was sealed for a secret of that name: ciphertexts are bound to names', async () => {
    const home = await homeOf(world, 'carol');
    const published = await world.get('configmaps', operatorNamespace, 'neuro-sealing-keys');
    const key = await chooseSealingKey(await parsePublicKeys(orThrow(published?.data?.['keys.json'])));
    const value = await sealHpke(key, { namespace: home, name: 'kept', key: 'kept' }, bytes('of carol'));
    await world.secret(bob, 'kept', { sealed: { value } }, 'False CannotOpen');
    await remake(world, home, { 'neu.ro/user': 'mallory' });
    await world.secret(home, 'kept', { sealed: { value } });
    expect((await world.valueOf(home, 'kept'))?.toString()).toBe('of carol');
  });
});

describe('a user who can create namespaces', () => {
  it('cannot name it the home of someone else, by no subresource either', async () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'maker' } };
    const resources = ['namespaces', 'namespaces/status', 'namespaces/finalize'];
    const rules = [{ apiGroups: [''], resources, verbs: ['create', 'get', 'patch', 'update'] }];
    const binding = { ...role, kind: 'ClusterRoleBinding', roleRef: { ...rbac, kind: 'ClusterRole', name: 'maker' } };
    await world.test.apply(
      'admin',
      { ...role, rules },
      { ...binding, subjects: [{ ...rbac, kind: 'User', name: 'mallory' }] },
    );
    const suffix = alice;
    const make = (user: string, name: string, annotations: object): Promise<Verdict> => {
      const metadata = { name: `${name}-${suffix}`, annotations };
      return onCreateAs(world.test, user, { apiVersion: 'v1', kind: 'Namespace', metadata }, 'for good');
    };
    await untilTrue(async () => (await make('mallory', 'plain', { 'x.example/y': 'z' })).accepted);
    const trap = await make('mallory', 'trap', { 'neu.ro/user': 'bob' });
    expect(trap.message).toMatch(/only a user who can assign homes .*: user 'mallory'/);
    expect((await make('mallory', 'groups', { 'neu.ro/groups': 'ml' })).accepted).toBe(false);
    const annotate = (user: string, annotations: object, subresource = '') => {
      const path = `/api/v1/namespaces/plain-${suffix}${subresource}`;
      return onMergeAs(world.test, user, path, { metadata: { annotations } }, 'for good');
    };
    for (const subresource of ['', '/status'])
      expect((await annotate('mallory', { 'neu.ro/user': 'bob' }, subresource)).message).toContain('can assign homes');
    const finalize = ['replace', '--raw', `/api/v1/namespaces/plain-${suffix}/finalize`, '-f', '-'];
    const finalized = await world.test.kubectl(
      'mallory',
      finalize,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: `plain-${suffix}`, annotations: { 'neu.ro/user': 'bob' } },
        spec: { finalizers: ['kubernetes'] },
      }),
    );
    expect(finalized.stderr).toContain('can assign homes');
    expect(await annotate('admin', { 'neu.ro/user': 'bob' })).toEqual(accepted);
    // What an administrator set stays as it is under other changes.
    expect(await annotate('mallory', { 'x.example/y': 'other' })).toEqual(accepted);
    expect((await annotate('mallory', { 'neu.ro/user': null })).message).toContain('can assign homes');
    await world.test.kubectl('admin', ['delete', 'clusterrolebinding', 'maker']);
  });
});

describe('while the operator is down', () => {
  it('a namespace that stops being a home starts no job, though its RoleBinding still exists', async () => {
    await world.secret(alice, 'late', { value: 'x' });
    const home = await homeOf(world, 'bob');
    await world.grant(alice, 'late', { ...toBob, secret: 'late' });
    await until(() => may(home, 'use', 'late'), true, 'the home of Bob');
    await operator.stop();
    await world.test.kubectl('admin', ['annotate', 'namespace', home, 'neu.ro/user=mallory', '--overwrite']);
    const names = Array.from({ length: 10 }, (_, at) => `early-${String(at)}`);
    for (const name of names) await makeJob(world, home, name, uses('late'));
    expect(await may(home, 'use', 'late')).toBe(true);
    operator = await startOperator(world.test);
    for (const name of names)
      await world.eventually(
        () => jobStatus(world, home, name),
        ({ reason }) => reason === 'MissingSecrets',
        `${name} is refused`,
      );
    expect(await podsOf(world, home)).toEqual([]);
    await world.test.request({ method: 'DELETE', path: jobsPath(home) });
    await world.remove('secretgrants', alice, 'late');
  });
});

describe('grants that come and go while jobs start', () => {
  it('no Pod is made of a job that began after the access was over', async () => {
    const home = await homeOf(world, 'bob');
    for (let round = 0; round < 4; round += 1) {
      const grant = `racing-${String(round)}`;
      await world.grant(alice, grant, toBob);
      const racing = Array.from({ length: 6 }, (_, at) => `r-${String(round)}-${String(at)}`);
      const names = [...racing];
      await Promise.all([
        world.remove('secretgrants', alice, grant),
        ...racing.map((name) => makeJob(world, home, name, uses('db'))),
      ]);
      await until(() => may(home), false, 'RBAC says no');
      const late = `late-${String(round)}`;
      names.push(late);
      await makeJob(world, home, late, uses('db'));
      const refused: string[] = [];
      for (const name of names) {
        const { reason } = await world.eventually(
          () => jobStatus(world, home, name),
          ({ reason: why, podName }) => why === 'MissingSecrets' || podName !== undefined,
          `${name} is decided`,
        );
        if (reason === 'MissingSecrets') refused.push(name);
      }
      expect(refused).toContain(late);
      expect((await podsOf(world, home)).map(({ name }) => name).filter((name) => refused.includes(name))).toEqual([]);
    }
    await world.test.request({ method: 'DELETE', path: jobsPath(home) });
  });
});

/** A thousand of them in test/controllers/secret-grant, without an API server. */
describe('one secret with two hundred grants', () => {
  it('has a binding for each, says so, and is rid of them when it goes', async () => {
    const home = await homeOf(world, 'alice');
    await world.secret(home, 'popular', { value: 'x' });
    const names = Array.from({ length: 200 }, (_, at) => `person-${String(at)}`);
    const make = async (): Promise<void> => {
      for (let name = names.pop(); name !== undefined; name = names.pop())
        await world.create('secretgrants', home, {
          metadata: { name },
          spec: { secret: 'popular', subject: { kind: 'User', name } },
        });
    };
    await Promise.all(Array.from({ length: 16 }, make));
    await world.eventually(
      async () => (await world.get('usersecrets', home, 'popular'))?.status?.sharedWith,
      (shared) => shared?.count === 200,
      'all are counted',
    );
    const { status } = orThrow(await world.get('usersecrets', home, 'popular'));
    expect(status?.sharedWith?.subjects?.length).toBeLessThanOrEqual(5);
    const bindings = async (): Promise<number> =>
      (
        await world.test.request<{ items: unknown[] }>({
          method: 'GET',
          path: `${world.path('rolebindings', home)}?labelSelector=neu.ro%2Fmanaged-by`,
        })
      ).items.length;
    // For the person, and for the jobs.
    expect(await bindings()).toBeGreaterThanOrEqual(200);
    await world.remove('usersecrets', home, 'popular');
    await world.eventually(bindings, (count) => count === 0, 'none is left');
    // Other tests share the cluster.
    await world.test.request({ method: 'DELETE', path: world.path('secretgrants', home) });
  });
});
