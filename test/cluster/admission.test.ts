/**
 * Who may write what, as the API server itself answers: the policies that are always there, for people with and without the
 * right that they ask for, and the rules that a cluster may switch on.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { testCluster, type KubectlResult, type TestCluster } from '../support/cluster.ts';
import { buildHelmLimitMs, parsed, renderText, type Rendered } from '../support/helm.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { eventually } from '../support/until.ts';
import { farSources, newGrants, patches, standingGrants, template, underRules } from './admission-cases.ts';
import {
  dryDelete,
  dryMerge,
  dryRun,
  grant,
  inDays,
  inForce,
  must,
  newHome,
  rbac,
  toCarol,
  type Said,
} from './admission-world.ts';

let kube: TestCluster;
/** Alice has the role edit here; Bob may write all three kinds, and no more. */
let home: string;
/** The same, where the optional rules are in force. */
let strict: string;
/** What the chart always installs. */
let policies: readonly Rendered[];

const operator = 'system:serviceaccount:neuro-system:neuro-operator';

beforeAll(async () => {
  kube = await testCluster();
  for (const user of ['dan', operator]) await kube.cluster.addUser(user);
  await kube.cluster.addUser('maker', ['makers']);
  const always = parsed(await renderText({ crds: { install: false }, namespace: { create: true } }));
  const kinds = ['Namespace', 'ClusterRole', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
  policies = always.filter(({ kind }) => kinds.includes(kind));
  await must(kube, ...policies);
  const namespaceSelector = { matchLabels: { 'admission-test': 'strict' } };
  const images = ['busybox:1', 'registry.example.com/team/', 'registry.example.com/tools/git:'];
  const optional = {
    namespaceSelector,
    noPlaintext: true,
    subjectKinds: ['User', 'ServiceAccount'],
    longestGrantDays: 30,
    images,
  };
  await must(
    kube,
    ...parsed(await renderText({ admission: optional }, ['--show-only', 'templates/admission-optional.yaml'])),
  );
  home = await newHome(kube);
  strict = await newHome(kube);
  await inForce(kube, 'alice', grant(home, 'probe', {}), false);
  await inForce(kube, 'bob', grant(home, 'probe', { secret: 'db' }), true);
  await must(
    kube,
    userSecret(strict, 'old', { value: 'x' }),
    grantTo(strict, 'old', { secret: 'old', subject: toCarol }),
  );
  expect(await kube.kubectl('admin', ['label', 'namespace', strict, 'admission-test=strict'])).toMatchObject({
    code: 0,
  });
  await inForce(kube, 'alice', userSecret(strict, 'probe', { value: 'x' }), true);
  await inForce(kube, 'alice', grant(strict, 'probe', { subject: { kind: 'Group', name: 'g' } }), true);
  await inForce(kube, 'alice', grant(strict, 'probe', { subject: toCarol }), true);
  await inForce(kube, 'alice', shellJob(strict, 'probe', 'true', { image: 'other:1' }), true);
}, buildHelmLimitMs);

describe('only a user who can share a secret writes a grant for it', () => {
  test.each(newGrants)('%s', async (_what, user, spec, outcome) => {
    const { code, stderr } = await dryRun(kube, user, grant(home, 'tried', spec));
    if (outcome === 'taken') expect({ user, code, stderr }).toEqual({ user, code: 0, stderr: '' });
    else expect({ user, stderr }).toEqual({ user, stderr: expect.stringMatching(outcome) });
  });

  test('a service account reads how to name itself, and is accepted when it does', async () => {
    const robot = `system:serviceaccount:${home}:robot`;
    const create = (grantedBy?: object): Promise<KubectlResult> =>
      kube.kubectl(
        'admin',
        ['create', '--dry-run=server', '-f', '-', '--as', robot],
        JSON.stringify(
          grant(home, 'tried', { secret: 'shareable', ...(grantedBy === undefined ? {} : { grantedBy }) } as object),
        ),
      );
    expect((await create()).stderr).toMatch(
      new RegExp(`set spec\\.grantedBy to \\{kind: ServiceAccount, namespace: ${home}, name: robot\\}`),
    );
    const named = { kind: 'ServiceAccount', namespace: home, name: 'robot' };
    expect(await create(named)).toMatchObject({ code: 0 });
    expect(await create({ kind: 'Group', name: `system:serviceaccounts:${home}` })).toMatchObject({ code: 0 });
    for (const other of [
      { ...named, namespace: 'default' },
      { ...named, name: 'robo' },
    ])
      expect((await create(other)).stderr).toMatch(/the new grant names them/);
  });

  const pathOf = (name: string): string => `/apis/neu.ro/v1/namespaces/${home}/secretgrants/${name}`;
  const change = (user: string, name: string, patch: object): Promise<Said> =>
    dryMerge(kube, user, pathOf(name), patch);
  const remove = (user: string, name: string): Promise<Said> => dryDelete(kube, user, pathOf(name));

  describe.each(standingGrants)('a grant %s', (what, spec, outcome) => {
    const name = what.replaceAll(' ', '-');
    const expected = outcome === 'taken' ? { code: 0 } : { code: 1, stderr: expect.stringMatching(outcome) };

    beforeAll(() => must(kube, grant(home, name, { expiresAt: inDays(1), ...spec })));

    test.each(patches)('is changed only by a user who can share it: %s', async (_field, patch) => {
      expect(await change('bob', name, patch)).toMatchObject(expected);
      expect(await change('alice', name, patch)).toMatchObject({ code: 0 });
    });

    test('changes its status so too', async () => {
      const expired = { status: { phase: 'Expired' } };
      expect(await dryMerge(kube, 'bob', `${pathOf(name)}/status`, expired)).toMatchObject(expected);
      expect(await dryMerge(kube, operator, `${pathOf(name)}/status`, expired)).toMatchObject({ code: 0 });
    });

    test('is removed so too', async () => {
      expect(await remove('bob', name)).toMatchObject(expected);
      expect(await remove('alice', name)).toMatchObject({ code: 0 });
    });
  });

  test('the cluster itself removes what belongs to something that is gone, and lifts its own finalizers', async () => {
    const owner = async (name: string): Promise<object> => {
      await must(kube, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: home, name } });
      const { stdout } = await kube.kubectl('admin', ['get', 'configmap', name, '-n', home, '-o', 'json']);
      const { uid } = (JSON.parse(stdout) as { metadata: { uid: string } }).metadata;
      return { apiVersion: 'v1', kind: 'ConfigMap', name, uid };
    };
    const owned = async (name: string, of: object): Promise<void> => {
      const made = grant(home, name, { secret: 'db' });
      await must(kube, { ...made, metadata: { ...made.metadata, ownerReferences: [of] } });
    };
    await owned('stays', await owner('owner-1'));
    await owned('dies', await owner('owner-2'));
    const drop = (name: string, how: string): Promise<KubectlResult> =>
      kube.kubectl('admin', ['delete', 'configmap', name, '-n', home, `--cascade=${how}`, '--timeout=300s']);
    // The collector that takes this one has seen the other, which was made before.
    expect(await drop('owner-2', 'background')).toMatchObject({ code: 0 });
    const wait = ['wait', '--for=delete', 'secretgrant/dies', '-n', home, '--timeout=300s'];
    expect(await kube.kubectl('admin', wait)).toMatchObject({ code: 0 });
    expect(await drop('owner-1', 'orphan')).toMatchObject({ code: 0 });
    const path = 'jsonpath={.metadata.ownerReferences}';
    const stays = await kube.kubectl('admin', ['get', 'secretgrant', 'stays', '-n', home, '-o', path]);
    expect(stays).toMatchObject({ code: 0, stdout: '' });
  });

  test('and goes with its namespace, which the cluster itself removes', async () => {
    const passing = await newHome(kube);
    await must(kube, grant(passing, 'goes', { secret: 'db' }));
    const args = ['delete', 'namespace', passing, '--timeout=300s'];
    expect(await kube.kubectl('admin', args)).toMatchObject({ code: 0 });
  });
});

describe('only a user who can assign homes says whose home a namespace is', () => {
  const isRefused = {
    code: 1,
    stderr: expect.stringMatching(/Forbidden.*only a user who can assign homes .*: user 'bob'/),
  };
  const isTaken = { code: 0 };
  let place: string;

  beforeAll(async () => {
    place = await kube.makeNamespace('admission', { 'neu.ro/user': 'carol', 'example.com/a': 'b' });
    const verbs = ['get', 'create', 'update', 'patch'];
    const resources = ['namespaces', 'namespaces/status', 'namespaces/finalize'];
    await must(
      kube,
      {
        apiVersion: `${rbac.apiGroup}/v1`,
        kind: 'ClusterRole',
        metadata: { name: 'admission-namespaces' },
        rules: [{ apiGroups: [''], resources, verbs }],
      },
      bindEverywhere('admission-namespaces', 'User', 'bob'),
      bindEverywhere('admission-namespaces', 'Group', 'makers'),
      bindEverywhere('neuro-home-assigner', 'Group', 'makers'),
    );
    const probe = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${place}-probe` } };
    await inForce(kube, 'bob', probe, false);
    await inForce(
      kube,
      'bob',
      { ...probe, metadata: { ...probe.metadata, annotations: { 'neu.ro/user': 'x' } } },
      true,
    );
  });

  const bindEverywhere = (name: string, kind: string, subject: string): object => ({
    apiVersion: `${rbac.apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: `${name}-${subject}` },
    roleRef: { ...rbac, kind: 'ClusterRole', name },
    subjects: [{ ...rbac, kind, name: subject }],
  });
  const patch = (user: string, annotations: object, subresource = ''): Promise<Said> =>
    dryMerge(kube, user, `/api/v1/namespaces/${place}${subresource}`, { metadata: { annotations } });

  test.each<[string, object]>([
    ['its user', { 'neu.ro/user': 'bob' }],
    ['its user taken away', { 'neu.ro/user': null }],
    ['a group of it', { 'neu.ro/groups': 'ml' }],
    ['that it is told what is shared', { 'neu.ro/shared-with-me': 'true' }],
    ['what a later version may ask for', { 'neu.ro/something': 'x' }],
  ])('%s, by every way in', async (_what, annotations) => {
    for (const subresource of ['', '/status']) {
      expect(await patch('bob', annotations, subresource)).toMatchObject(isRefused);
      expect(await patch('admin', annotations, subresource)).toMatchObject(isTaken);
      expect(await patch('maker', annotations, subresource)).toMatchObject(isTaken);
    }
  });

  test('a new namespace, and the end of one', async () => {
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `${place}-2`, annotations: { 'neu.ro/user': 'bob' } },
    };
    expect(await dryRun(kube, 'bob', namespace)).toMatchObject(isRefused);
    expect(await dryRun(kube, 'admin', namespace)).toMatchObject(isTaken);
    const { stdout } = await kube.kubectl('admin', ['get', 'namespace', place, '-o', 'json']);
    const found = JSON.parse(stdout) as { metadata: { annotations: object } };
    const changed = { ...found, metadata: { ...found.metadata, annotations: { 'neu.ro/user': 'bob' } } };
    const finalize = (body: object): Promise<KubectlResult> =>
      kube.kubectl(
        'bob',
        ['replace', '--raw', `/api/v1/namespaces/${place}/finalize`, '-f', '-'],
        JSON.stringify(body),
      );
    expect(await finalize(changed)).toMatchObject(isRefused);
    expect(await finalize(found)).toMatchObject(isTaken);
  });

  test('and leaves other annotations, labels and namespaces alone', async () => {
    expect(await patch('bob', { 'example.com/a': 'c', 'neu.roman/user': 'x' })).toMatchObject(isTaken);
    const plain = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${place}-3` } };
    expect(await dryRun(kube, 'bob', plain)).toMatchObject(isTaken);
  });
});

describe('a job has a name that a node can run', () => {
  const limit = 217;

  test('namespace and name together', async () => {
    const longest = 'n'.repeat(limit - home.length);
    expect(await dryRun(kube, 'alice', shellJob(home, longest, 'true'))).toMatchObject({ code: 0 });
    const { stderr } = await dryRun(kube, 'alice', shellJob(home, `${longest}n`, 'true'));
    expect(stderr).toMatch(/no node can run a job with a name this long/);
    expect(stderr).toContain(
      `in namespace '${home}' a name has at most ${String(longest.length)}; this one has ${String(longest.length + 1)}`,
    );
  });

  test('also one that the API server makes up', async () => {
    const { metadata, ...rest } = shellJob(home, 'x', 'true');
    const made = { ...rest, metadata: { namespace: metadata.namespace, generateName: 'x-' } };
    expect(await dryRun(kube, 'alice', made)).toMatchObject({ code: 0 });
  });
});

describe('only a user who can read an object sets a reference to it', () => {
  const referring = (name: string) => userSecret(home, 'refers', { secretKeyRef: { name, key: 'token' } });

  test.each([
    ['the role edit', 'alice', 'native', 'taken'],
    ['get on that Secret', 'bob', 'readable', 'taken'],
    ['no right to the Secret', 'bob', 'native', 'refused'],
    ['no right to a Secret that is not there', 'bob', 'absent', 'refused'],
  ])('%s', async (_what, user, name, outcome) => {
    const { code, stderr } = await dryRun(kube, user, referring(name));
    expect({ user, outcome: code === 0 ? 'taken' : 'refused' }).toEqual({ user, outcome });
    if (outcome === 'refused') expect(stderr).toMatch(/user 'bob' cannot get Secret/);
  });

  test('and a user who can only write UserSecrets changes the rest, but not the reference', async () => {
    await must(kube, referring('native'));
    const path = `/apis/neu.ro/v1/namespaces/${home}/usersecrets/refers`;
    const change = (spec: object): Promise<Said> => dryMerge(kube, 'bob', path, { spec });
    expect((await change({ secretKeyRef: { name: 'other' } })).stderr).toMatch(/cannot get Secret 'other'/);
    expect(await change({ description: 'text' })).toMatchObject({ code: 0 });
  });
});

describe('a copy follows a secret of another namespace', () => {
  const refusal = /spec\.sharedFrom names the namespace of this UserSecret itself, '/;
  const copyOf = (namespace: string, name = 'db') => userSecret(home, 'copies', { sharedFrom: { namespace, name } });

  test.each(['alice', 'bob', 'admin'])('and not of its own, by %s', async (user) => {
    const { code, stderr } = await dryRun(kube, user, copyOf(home));
    expect({ user, code, stderr }).toEqual({ user, code: 1, stderr: expect.stringMatching(refusal) });
    expect(await dryRun(kube, user, copyOf(strict))).toMatchObject({ code: 0 });
  });

  test('and one from before can be changed and reported, but not made to follow another of its namespace', async () => {
    const policyName = 'usersecrets.neu.ro';
    const binding = policies.find(
      ({ kind, metadata }) => kind === 'ValidatingAdmissionPolicyBinding' && metadata.name === policyName,
    );
    const drop = ['delete', 'validatingadmissionpolicybinding', policyName];
    expect(await kube.kubectl('admin', drop)).toMatchObject({ code: 0 });
    try {
      await inForce(kube, 'alice', copyOf(home), false);
      await eventually(
        () => kube.apply('admin', copyOf(home)),
        ({ code }) => code === 0,
        'every API server takes it',
      );
    } finally {
      await must(kube, binding);
    }
    await inForce(kube, 'alice', userSecret(home, 'new', { sharedFrom: { namespace: home, name: 'db' } }), true);
    const path = `/apis/neu.ro/v1/namespaces/${home}/usersecrets/copies`;
    const status = { status: { observedGeneration: 1 } };
    expect(await dryMerge(kube, 'admin', `${path}/status`, status)).toMatchObject({ code: 0 });
    expect(await dryMerge(kube, 'alice', path, { metadata: { labels: { a: 'b' } } })).toMatchObject({ code: 0 });
    expect(await dryMerge(kube, 'alice', path, { spec: { description: 'text' } })).toMatchObject({ code: 0 });
    const other = { spec: { sharedFrom: { name: 'other' } } };
    expect(await dryMerge(kube, 'alice', path, other)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(refusal),
    });
    const elsewhere = { spec: { sharedFrom: { namespace: strict } } };
    expect(await dryMerge(kube, 'alice', path, elsewhere)).toMatchObject({ code: 0 });
  });
});

describe('a source that reaches further than the object', () => {
  const patch = (name: string, spec: object, user = 'bob'): Promise<Said> =>
    dryMerge(kube, user, `/apis/neu.ro/v1/namespaces/${home}/usersecrets/${name}`, { spec });

  test.each(farSources)('%s', async (_what, user, spec, outcome) => {
    const { code, stderr } = await dryRun(kube, user, userSecret(home, 'composed', spec));
    expect({ user, outcome: code === 0 ? 'taken' : 'refused' }).toEqual({ user, outcome });
    if (outcome === 'refused')
      expect(stderr).toMatch(
        /only a user who can .* spec\.(template|configMapKeyRef|generate with a rotateHook): user/,
      );
  });

  test('is not changed, restored or set by a user who can only write UserSecrets and change the rest', async () => {
    await must(kube, userSecret(home, 'composed', { template }), userSecret(home, 'plain', { value: 'x' }));
    expect(await patch('composed', { description: 'text' })).toMatchObject({ code: 0 });
    expect(await patch('composed', { template: null, value: 'own' })).toMatchObject({ code: 0 });
    for (const change of [
      { text: '$(a)$(a)' },
      { parts: [{ name: 'a', secret: 'other' }] },
      { parts: [{ name: 'a', secret: 'db', encode: 'JSON' }] },
    ])
      expect((await patch('composed', { template: change })).stderr).toMatch(
        /only a user who can .* spec\.template: user/,
      );
    const rotateHook = 'any';
    await must(kube, userSecret(home, 'rotated', { generate: { type: 'Password', rotateHook } }));
    const asDan = (spec: object): Promise<Said> => patch('rotated', spec, 'dan');
    expect(await asDan({ generate: null, value: 'own' })).toMatchObject({ code: 0 });
    for (const change of [{ alphabet: '$(`' }, { rotateHook: 'other' }, { rotateEvery: '1m' }])
      expect((await asDan({ generate: change })).stderr).toMatch(/only a user who can .* rotateHook: user/);
    expect((await patch('plain', { value: null, generate: { type: 'Hex', rotateHook } }, 'dan')).stderr).toMatch(
      /only a user who can .* rotateHook: user/,
    );
    expect((await patch('plain', { value: null, template })).stderr).toMatch(
      /only a user who can .* spec\.template: user/,
    );
    expect((await patch('plain', { value: null, configMapKeyRef: { name: 'other', key: 'k' } })).stderr).toMatch(
      /user 'bob' cannot get ConfigMap 'other'/,
    );
  });
});

describe('a rule that a cluster switched on', () => {
  test.each(underRules)('%s', async (_what, object, expected) => {
    for (const user of ['alice', 'admin']) {
      const { code, stderr } = await dryRun(kube, user, object(strict));
      if (expected === 'taken') expect({ user, code, stderr }).toEqual({ user, code: 0, stderr: '' });
      else expect({ user, stderr }).toEqual({ user, stderr: expect.stringMatching(expected) });
    }
  });

  test.each(underRules)('is none in a namespace that was not chosen: %s', async (_what, object) => {
    expect(await dryRun(kube, 'alice', object(home))).toMatchObject({ code: 0 });
  });

  test('accepts objects from before, until a change makes them worse', async () => {
    const change = (kind: string, spec: object): Promise<Said> =>
      dryMerge(kube, 'alice', `/apis/neu.ro/v1/namespaces/${strict}/${kind}s/old`, { spec });
    expect(await change('usersecret', { description: 'still plain' })).toMatchObject({ code: 0 });
    expect((await change('usersecret', { value: 'another' })).stderr).toMatch(/no plain values/);
    expect(await change('usersecret', { value: null, generate: { type: 'Hex' } })).toMatchObject({ code: 0 });
    expect((await change('secretgrant', { access: 'write' })).stderr).toMatch(/end at most 30 days/);
    expect(await change('secretgrant', { expiresAt: inDays(29) })).toMatchObject({ code: 0 });
  });

  test('does not repeat the value in its message', async () => {
    const { stderr } = await dryRun(kube, 'alice', userSecret(strict, 'n', { value: 'do not repeat me' }));
    expect(stderr).toMatch(/no plain values/);
    expect(stderr).not.toContain('do not repeat me');
  });
});
