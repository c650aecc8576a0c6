/**
 * Who may write what, as the API server itself answers: the policies that are always there, for people with and without the
 * right that they ask for, and the rules that a cluster may switch on.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { UserSecretSpec } from '../../src/api/index.ts';
import { onCreateAs, onMergeAs, type Candidate } from '../support/api-verdict.ts';
import { testCluster, type KubectlResult, type TestCluster } from '../support/cluster.ts';
import { buildHelmLimitMs, parsed, renderText } from '../support/helm.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { eventually } from '../support/until.ts';

const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
const toCarol = { kind: 'User', name: 'carol' } as const;
const noShare = /Forbidden.*user 'bob' does not hold the verb share on/;
const by = (name: string) => ({ kind: 'User', name }) as const;
const group = (name: string) => ({ kind: 'Group', name }) as const;
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');

let kube: TestCluster;
/** Alice has the role edit here; Bob may write all three kinds, and no more. */
let home: string;
/** The same, where the optional rules are in force. */
let strict: string;

beforeAll(async () => {
  kube = await testCluster();
  const always = parsed(await renderText({ crds: { install: false }, namespace: { create: true } }));
  const kinds = ['Namespace', 'ClusterRole', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
  await must(...always.filter(({ kind }) => kinds.includes(kind)));
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
    ...parsed(await renderText({ admission: optional }, ['--show-only', 'templates/admission-optional.yaml'])),
  );
  home = await newHome();
  strict = await newHome();
  await inForce('alice', grant(home, 'probe', {}), false);
  await inForce('bob', grant(home, 'probe', { secret: 'db' }), true);
  await must(userSecret(strict, 'old', { value: 'x' }), grantTo(strict, 'old', { secret: 'old', subject: toCarol }));
  expect(await kube.kubectl('admin', ['label', 'namespace', strict, 'admission-test=strict'])).toMatchObject({
    code: 0,
  });
  await inForce('alice', userSecret(strict, 'probe', { value: 'x' }), true);
  await inForce('alice', grant(strict, 'probe', { subject: { kind: 'Group', name: 'g' } }), true);
  await inForce('alice', grant(strict, 'probe', { subject: toCarol }), true);
  await inForce('alice', shellJob(strict, 'probe', 'true', { image: 'other:1' }), true);
}, buildHelmLimitMs);

describe('a grant is written by who may share what it grants', () => {
  type Outcome = 'taken' | RegExp;
  const byBob = { kind: 'User', name: 'bob' } as const;
  const cases: readonly (readonly [string, string, Partial<Parameters<typeof grantTo>[2]>, Outcome])[] = [
    ['the role edit, one secret', 'alice', { secret: 'db' }, 'taken'],
    ['the role edit, every secret', 'alice', {}, 'taken'],
    ['the right to write grants alone', 'bob', { secret: 'db' }, noShare],
    ['the right to write grants alone, every secret', 'bob', {}, noShare],
    ['the right to write grants alone, naming himself', 'bob', { secret: 'db', grantedBy: byBob }, noShare],
    ['share on that secret, naming himself', 'bob', { secret: 'shareable', grantedBy: byBob }, 'taken'],
    [
      'share on that secret, and manage passed on',
      'bob',
      { secret: 'shareable', access: 'manage', grantedBy: byBob },
      'taken',
    ],
    [
      'share on that secret, naming nobody',
      'bob',
      { secret: 'shareable' },
      /set spec\.grantedBy to \{kind: User, name: 'bob'\}/,
    ],
    [
      'share on that secret, naming the owner',
      'bob',
      { secret: 'shareable', grantedBy: by('alice') },
      /the new grant names them/,
    ],
    [
      'share on that secret, naming his like',
      'bob',
      { secret: 'shareable', grantedBy: by('BOB') },
      /the new grant names them/,
    ],
    [
      'share on that secret, naming a group of his',
      'bob',
      { secret: 'shareable', grantedBy: group('system:authenticated') },
      'taken',
    ],
    [
      'share on that secret, naming another group',
      'bob',
      { secret: 'shareable', grantedBy: group('bob') },
      /the new grant names them/,
    ],
    [
      'share on that secret, naming a service account that is called so',
      'bob',
      { secret: 'shareable', grantedBy: { kind: 'ServiceAccount', namespace: 'bob', name: 'bob' } },
      /the new grant names them/,
    ],
    ['a role of the namespace, naming herself', 'alice', { secret: 'db', grantedBy: by('alice') }, 'taken'],
    ['an administrator', 'admin', { secret: 'anything' }, 'taken'],
    ['an administrator, naming somebody else', 'admin', { secret: 'anything', grantedBy: byBob }, 'taken'],
  ];
  test.each(cases)('%s', async (_what, user, spec, outcome) => {
    const { code, stderr } = await dryRun(user, grant(home, 'tried', spec));
    if (outcome === 'taken') expect({ user, code, stderr }).toEqual({ user, code: 0, stderr: '' });
    else expect({ user, stderr }).toEqual({ user, stderr: expect.stringMatching(outcome) });
  });

  test('a service account is told how it names itself, and taken when it does', async () => {
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

  /** Everything that a patch can reach, and what each of them would do to the grant. */
  const patches: readonly (readonly [string, object])[] = [
    ['a label', { metadata: { labels: { a: 'b' } } }],
    ['an annotation', { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } } }],
    ['a finalizer', { metadata: { finalizers: ['example.com/hold'] } }],
    [
      'an owner that is gone',
      { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '0' }] } },
    ],
    ['its access', { spec: { access: 'write' } }],
    ['its end', { spec: { expiresAt: null } }],
    ['its description', { spec: { description: 'x' } }],
  ];
  const pathOf = (name: string): string => `/apis/neu.ro/v1/namespaces/${home}/secretgrants/${name}`;
  const change = (user: string, name: string, patch: object): Promise<Said> => dryMerge(user, pathOf(name), patch);
  const remove = (user: string, name: string): Promise<KubectlResult> =>
    kube.kubectl(user, ['delete', 'secretgrant', name, '-n', home, '--dry-run=server']);
  const standing: readonly (readonly [string, object, RegExp | 'taken'])[] = [
    ['over a secret that he may not share', { secret: 'db' }, noShare],
    ['over every secret', {}, noShare],
    [
      'of the owner over a secret that he may share',
      { secret: 'shareable' },
      /only the grants that they made: .* was made by the owner/,
    ],
    [
      'of somebody else over a secret that he may share',
      { secret: 'shareable', grantedBy: by('carol') },
      /only the grants that they made: .* was made by User 'carol'/,
    ],
    ['of the owner to himself', { secret: 'shareable', subject: byBob }, /only the grants that they made/],
    ['of his own', { secret: 'shareable', grantedBy: byBob }, 'taken'],
  ];

  describe.each(standing)('a grant %s', (what, spec, outcome) => {
    const name = what.replaceAll(' ', '-');
    const expected = outcome === 'taken' ? { code: 0 } : { code: 1, stderr: expect.stringMatching(outcome) };

    beforeAll(() => must(grant(home, name, { expiresAt: inDays(1), ...spec })));

    test.each(patches)('changes by who may share alone: %s', async (_field, patch) => {
      expect(await change('bob', name, patch)).toMatchObject(expected);
      expect(await change('alice', name, patch)).toMatchObject({ code: 0 });
    });

    test('changes its status so too', async () => {
      const expired = { status: { phase: 'Expired' } };
      expect(await dryMerge('bob', `${pathOf(name)}/status`, expired)).toMatchObject(expected);
      const asOperator = ['--as', 'system:serviceaccount:neuro-system:neuro-operator'];
      const patch = ['--subresource=status', '--dry-run=server', '--type=merge', '-p', JSON.stringify(expired)];
      const words = ['patch', 'secretgrant', name, '-n', home, ...patch, ...asOperator];
      expect(await kube.kubectl('admin', words)).toMatchObject({ code: 0 });
    });

    test('is taken back so too', async () => {
      expect(await remove('bob', name)).toMatchObject(expected);
      expect(await remove('alice', name)).toMatchObject({ code: 0 });
    });
  });

  test('the cluster itself removes what belongs to something that is gone, and lifts its own finalizers', async () => {
    const owner = async (name: string): Promise<object> => {
      await must({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: home, name } });
      const { stdout } = await kube.kubectl('admin', ['get', 'configmap', name, '-n', home, '-o', 'json']);
      const { uid } = (JSON.parse(stdout) as { metadata: { uid: string } }).metadata;
      return { apiVersion: 'v1', kind: 'ConfigMap', name, uid };
    };
    const owned = async (name: string, of: object): Promise<void> => {
      const made = grant(home, name, { secret: 'db' });
      await must({ ...made, metadata: { ...made.metadata, ownerReferences: [of] } });
    };
    await owned('stays', await owner('owner-1'));
    await owned('dies', await owner('owner-2'));
    const drop = (name: string, how: string): Promise<KubectlResult> =>
      kube.kubectl('admin', ['delete', 'configmap', name, '-n', home, `--cascade=${how}`, '--timeout=60s']);
    // The collector that takes this one has seen the other, which was made before.
    expect(await drop('owner-2', 'background')).toMatchObject({ code: 0 });
    const wait = ['wait', '--for=delete', 'secretgrant/dies', '-n', home, '--timeout=60s'];
    expect(await kube.kubectl('admin', wait)).toMatchObject({ code: 0 });
    expect(await drop('owner-1', 'orphan')).toMatchObject({ code: 0 });
    const path = 'jsonpath={.metadata.ownerReferences}';
    const stays = await kube.kubectl('admin', ['get', 'secretgrant', 'stays', '-n', home, '-o', path]);
    expect(stays).toMatchObject({ code: 0, stdout: '' });
  }, 120_000);

  test('and goes with its namespace, which the cluster itself takes away', async () => {
    const passing = await newHome();
    await must(grant(passing, 'goes', { secret: 'db' }));
    const args = ['delete', 'namespace', passing, '--timeout=60s'];
    expect(await kube.kubectl('admin', args)).toMatchObject({ code: 0 });
  }, 120_000);
});

describe('whose home a namespace is, is said by who may assign homes', () => {
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
    await inForce('bob', probe, false);
    await inForce('bob', { ...probe, metadata: { ...probe.metadata, annotations: { 'neu.ro/user': 'x' } } }, true);
  });

  const bindEverywhere = (name: string, kind: string, subject: string): object => ({
    apiVersion: `${rbac.apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: `${name}-${subject}` },
    roleRef: { ...rbac, kind: 'ClusterRole', name },
    subjects: [{ ...rbac, kind, name: subject }],
  });
  const patch = (user: string, annotations: object, subresource = ''): Promise<Said> => {
    const body = { metadata: { annotations } };
    if (user !== 'maker') return dryMerge(user, `/api/v1/namespaces/${place}${subresource}`, body);
    const as = ['--as', 'maker', '--as-group', 'makers', '--as-group', 'system:authenticated'];
    const flags = ['--type=merge', '-p', JSON.stringify(body), '--dry-run=server', ...as];
    const where = subresource === '' ? [] : [`--subresource=${subresource.slice(1)}`];
    return kube.kubectl('admin', ['patch', 'namespace', place, ...flags, ...where]);
  };

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
    expect(await dryRun('bob', namespace)).toMatchObject(isRefused);
    expect(await dryRun('admin', namespace)).toMatchObject(isTaken);
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
    expect(await dryRun('bob', plain)).toMatchObject(isTaken);
  });
});

describe('a job has a name that a node can run', () => {
  const limit = 217;

  test('namespace and name together', async () => {
    const longest = 'n'.repeat(limit - home.length);
    expect(await dryRun('alice', shellJob(home, longest, 'true'))).toMatchObject({ code: 0 });
    const { stderr } = await dryRun('alice', shellJob(home, `${longest}n`, 'true'));
    expect(stderr).toMatch(/no node can run a job with a name this long/);
    expect(stderr).toContain(
      `in namespace '${home}' a name has at most ${String(longest.length)}; this one has ${String(longest.length + 1)}`,
    );
  });

  test('also one that the API server makes up', async () => {
    const { metadata, ...rest } = shellJob(home, 'x', 'true');
    const made = { ...rest, metadata: { namespace: metadata.namespace, generateName: 'x-' } };
    expect(await dryRun('alice', made)).toMatchObject({ code: 0 });
  });
});

describe('a reference is set by who may read what it refers to', () => {
  const referring = (name: string) => userSecret(home, 'refers', { secretKeyRef: { name, key: 'token' } });

  test.each([
    ['the role edit', 'alice', 'native', 'taken'],
    ['get on that Secret', 'bob', 'readable', 'taken'],
    ['no right to the Secret', 'bob', 'native', 'refused'],
    ['no right to a Secret that is not there', 'bob', 'absent', 'refused'],
  ])('%s', async (_what, user, name, outcome) => {
    const { code, stderr } = await dryRun(user, referring(name));
    expect({ user, outcome: code === 0 ? 'taken' : 'refused' }).toEqual({ user, outcome });
    if (outcome === 'refused') expect(stderr).toMatch(/user 'bob' cannot get Secret/);
  });

  test('and not turned elsewhere by who may only write, who may change the rest', async () => {
    await must(referring('native'));
    const change = (spec: object): Promise<KubectlResult> =>
      kube.kubectl('bob', [
        'patch',
        'usersecret',
        'refers',
        '-n',
        home,
        '--type=merge',
        '-p',
        JSON.stringify({ spec }),
        '--dry-run=server',
      ]);
    expect((await change({ secretKeyRef: { name: 'other' } })).stderr).toMatch(/cannot get Secret 'other'/);
    expect(await change({ description: 'text' })).toMatchObject({ code: 0 });
  });
});

describe('a source that reaches further than the object', () => {
  const template = { text: '$(a)', parts: [{ name: 'a', secret: 'db' }] };
  const patch = (name: string, spec: object, user = 'bob'): Promise<KubectlResult> => {
    const words = ['patch', 'usersecret', name, '-n', home, '--type=merge', '-p', JSON.stringify({ spec })];
    return kubectlAs(user, [...words, '--dry-run=server']);
  };

  test.each<[string, string, UserSecretSpec, string]>([
    ['a template: the role edit', 'alice', { template }, 'taken'],
    ['a template: the right to write UserSecrets, and to use one of them', 'bob', { template }, 'refused'],
    ['a hook: the role edit', 'alice', { generate: { type: 'Hex', rotateHook: 'any' } }, 'taken'],
    [
      'a hook: the right to write UserSecrets and NeuroJobs',
      'bob',
      { generate: { type: 'Hex', rotateHook: 'any' } },
      'taken',
    ],
    [
      'a hook: the right to write UserSecrets alone',
      'dan',
      { generate: { type: 'Hex', rotateHook: 'any' } },
      'refused',
    ],
    ['no hook: the right to write UserSecrets alone', 'dan', { generate: { type: 'Hex' } }, 'taken'],
    ['a ConfigMap: the role edit', 'alice', { configMapKeyRef: { name: 'any', key: 'k' } }, 'taken'],
    ['a ConfigMap: get on it', 'bob', { configMapKeyRef: { name: 'readable', key: 'k' } }, 'taken'],
    ['a ConfigMap: no right to it', 'bob', { configMapKeyRef: { name: 'other', key: 'k' } }, 'refused'],
  ])('%s', async (_what, user, spec, outcome) => {
    const { code, stderr } = await dryRun(user, userSecret(home, 'composed', spec));
    expect({ user, outcome: code === 0 ? 'taken' : 'refused' }).toEqual({ user, outcome });
    if (outcome === 'refused')
      expect(stderr).toMatch(
        /only a user who can .* spec\.(template|configMapKeyRef|generate with a rotateHook): user/,
      );
  });

  test('is not changed, put back or put in the place of another by who may only write, who may change the rest', async () => {
    await must(userSecret(home, 'composed', { template }), userSecret(home, 'plain', { value: 'x' }));
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
    await must(userSecret(home, 'rotated', { generate: { type: 'Password', rotateHook } }));
    const asDan = (spec: object): Promise<KubectlResult> => patch('rotated', spec, 'dan');
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
  const expires = (days: number) => ({ secret: 'db', subject: toCarol, expiresAt: inDays(days) });
  const cases: readonly (readonly [string, (namespace: string) => object, RegExp | 'taken'])[] = [
    ['plain values: a plain one', (at) => userSecret(at, 'n', { value: 'x' }), /no plain values: seal the value/],
    ['plain values: one in base64', (at) => userSecret(at, 'n', { valueBase64: 'eA==' }), /no plain values/],
    ['plain values: a generated one', (at) => userSecret(at, 'n', { generate: { type: 'Hex' } }), 'taken'],
    ['plain values: a reference', (at) => userSecret(at, 'n', { secretKeyRef: { name: 'native', key: 'k' } }), 'taken'],
    [
      'subjects: a group',
      (at) => grant(at, 'n', { ...expires(1), subject: { kind: 'Group', name: 'g' } }),
      /no grants to a Group: name a User or a ServiceAccount/,
    ],
    [
      'subjects: a namespace',
      (at) => grant(at, 'n', { ...expires(1), subject: { kind: 'Namespace', name: 'g' } }),
      /no grants to a Namespace/,
    ],
    [
      'subjects: a service account',
      (at) => grant(at, 'n', { ...expires(1), subject: { kind: 'ServiceAccount', name: 'a', namespace: 'b' } }),
      'taken',
    ],
    [
      'expiry: none',
      (at) => grant(at, 'n', { secret: 'db', subject: toCarol }),
      /end at most 30 days after their creation/,
    ],
    ['expiry: too late', (at) => grant(at, 'n', expires(31)), /end at most 30 days/],
    ['expiry: soon enough', (at) => grant(at, 'n', expires(29)), 'taken'],
    ['images: one that is named whole', (at) => shellJob(at, 'n', 'true', { image: 'busybox:1' }), 'taken'],
    [
      'images: one that only begins like it',
      (at) => shellJob(at, 'n', 'true', { image: 'busybox:1.36' }),
      /runs only images that its administrators named, and 'busybox:1.36' is none/,
    ],
    [
      'images: one of a folder',
      (at) => shellJob(at, 'n', 'true', { image: 'registry.example.com/team/a/b:2' }),
      'taken',
    ],
    [
      'images: one of a folder that only begins like it',
      (at) => shellJob(at, 'n', 'true', { image: 'registry.example.com/teammate/a' }),
      /none of them/,
    ],
    [
      'images: any tag of one',
      (at) => shellJob(at, 'n', 'true', { image: 'registry.example.com/tools/git:2.50' }),
      'taken',
    ],
    [
      'images: another registry',
      (at) => shellJob(at, 'n', 'true', { image: 'registry.example.com.evil.example/team/a' }),
      /none of them/,
    ],
    [
      'images: the same name of another registry',
      (at) => shellJob(at, 'n', 'true', { image: 'evil.example/busybox:1' }),
      /none of them/,
    ],
  ];

  test.each(cases)('%s', async (_what, object, expected) => {
    for (const user of ['alice', 'admin']) {
      const { code, stderr } = await dryRun(user, object(strict));
      if (expected === 'taken') expect({ user, code, stderr }).toEqual({ user, code: 0, stderr: '' });
      else expect({ user, stderr }).toEqual({ user, stderr: expect.stringMatching(expected) });
    }
  });

  test.each(cases)('is none in a namespace that was not chosen: %s', async (_what, object) => {
    expect(await dryRun('alice', object(home))).toMatchObject({ code: 0 });
  });

  test('leaves alone what was there before, until somebody makes it worse', async () => {
    const change = (kind: string, spec: object): Promise<KubectlResult> =>
      kube.kubectl('alice', [
        'patch',
        kind,
        'old',
        '-n',
        strict,
        '--type=merge',
        '-p',
        JSON.stringify({ spec }),
        '--dry-run=server',
      ]);
    expect(await change('usersecret', { description: 'still plain' })).toMatchObject({ code: 0 });
    expect((await change('usersecret', { value: 'another' })).stderr).toMatch(/no plain values/);
    expect(await change('usersecret', { value: null, generate: { type: 'Hex' } })).toMatchObject({ code: 0 });
    expect((await change('secretgrant', { access: 'write' })).stderr).toMatch(/end at most 30 days/);
    expect(await change('secretgrant', { expiresAt: inDays(29) })).toMatchObject({ code: 0 });
  });

  test('does not repeat the value in its answer', async () => {
    const { stderr } = await dryRun('alice', userSecret(strict, 'n', { value: 'do not repeat me' }));
    expect(stderr).toMatch(/no plain values/);
    expect(stderr).not.toContain('do not repeat me');
  });
});

function grant(namespace: string, name: string, spec: Partial<Parameters<typeof grantTo>[2]>) {
  return grantTo(namespace, name, { subject: toCarol, ...spec });
}

/** As kubectl says it. */
type Said = Pick<KubectlResult, 'code' | 'stderr'>;

/** Only some people have credentials of their own here; an administrator acts as the others. */
function kubectlAs(user: string, args: readonly string[], input?: string): Promise<KubectlResult> {
  return user === 'dan' ? kube.kubectl('admin', ['--as', user, ...args], input) : kube.kubectl(user, args, input);
}

async function dryMerge(user: string, path: string, patch: object): Promise<Said> {
  const { accepted, message } = await onMergeAs(kube, user, path, patch);
  return { code: accepted ? 0 : 1, stderr: message };
}

async function dryRun(user: string, object: unknown): Promise<Said> {
  if (user === 'dan') return kubectlAs(user, ['create', '--dry-run=server', '-f', '-'], JSON.stringify(object));
  const { accepted, message } = await onCreateAs(kube, user, object as Candidate);
  return { code: accepted ? 0 : 1, stderr: message };
}

async function must(...objects: readonly unknown[]): Promise<void> {
  const { code, stderr } = await kube.apply('admin', ...objects);
  if (code !== 0) throw new Error(stderr);
}

async function newHome(): Promise<string> {
  const namespace = await kube.makeNamespace('admission');
  const role = (name: string, rules: readonly object[]) => ({
    apiVersion: `${rbac.apiGroup}/v1`,
    kind: 'Role',
    metadata: { namespace, name },
    rules,
  });
  const bind = (kind: string, name: string, user: string) => ({
    apiVersion: `${rbac.apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { namespace, name: `${user.split(':').at(-1) ?? ''}-${name}` },
    roleRef: { ...rbac, kind, name },
    subjects: [{ ...rbac, kind: 'User', name: user }],
  });
  const everyVerb = ['get', 'list', 'create', 'update', 'patch', 'delete'];
  await must(
    role('writes', [
      { apiGroups: ['neu.ro'], resources: ['usersecrets', 'secretgrants', 'neurojobs'], verbs: everyVerb },
    ]),
    role('shares-one', [
      { apiGroups: ['neu.ro'], resources: ['usersecrets'], resourceNames: ['shareable'], verbs: ['share'] },
    ]),
    role('reads-one', [
      { apiGroups: [''], resources: ['secrets', 'configmaps'], resourceNames: ['readable'], verbs: ['get'] },
      { apiGroups: ['neu.ro'], resources: ['usersecrets'], resourceNames: ['db'], verbs: ['use'] },
    ]),
    role('writes-status', [{ apiGroups: ['neu.ro'], resources: ['secretgrants/status'], verbs: everyVerb }]),
    role('writes-secrets', [{ apiGroups: ['neu.ro'], resources: ['usersecrets'], verbs: everyVerb }]),
    bind('Role', 'writes-secrets', 'dan'),
    ...['writes', 'shares-one', 'reads-one', 'writes-status'].map((name) => bind('Role', name, 'bob')),
    ...['writes', 'shares-one'].map((name) => bind('Role', name, `system:serviceaccount:${namespace}:robot`)),
    bind('Role', 'writes-status', 'system:serviceaccount:neuro-system:neuro-operator'),
    bind('ClusterRole', 'edit', 'alice'),
  );
  return namespace;
}

/** Policies, bindings and roles are in force some moments after they are written. */
async function inForce(user: string, object: unknown, isRefused: boolean): Promise<void> {
  await eventually(
    () => dryRun(user, object),
    ({ code }) => (code !== 0) === isRefused,
    `${isRefused ? 'refused' : 'allowed'} for ${user}`,
    60_000,
  );
}
