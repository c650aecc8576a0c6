/**
 * Who may write what, as the API server itself answers: the policies that are always there, for people with and without the
 * right that they ask for, and the rules that a cluster may switch on.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { testCluster, type KubectlResult, type TestCluster } from '../support/cluster.ts';
import { buildHelmLimitMs, parsed, renderText } from '../support/helm.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';

const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
const toCarol = { kind: 'User', name: 'carol' } as const;
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
  const cases: readonly (readonly [string, string, Partial<Parameters<typeof grantTo>[2]>, 'taken' | 'refused'])[] = [
    ['the role edit, one secret', 'alice', { secret: 'db' }, 'taken'],
    ['the role edit, every secret', 'alice', {}, 'taken'],
    ['the right to write grants alone', 'bob', { secret: 'db' }, 'refused'],
    ['the right to write grants alone, every secret', 'bob', {}, 'refused'],
    ['share on that secret', 'bob', { secret: 'shareable' }, 'taken'],
    ['share on that secret, and manage passed on', 'bob', { secret: 'shareable', access: 'manage' }, 'taken'],
    ['an administrator', 'admin', { secret: 'anything' }, 'taken'],
  ];
  test.each(cases)('%s', async (_what, user, spec, outcome) => {
    const { code, stderr } = await dryRun(user, grant(home, 'tried', spec));
    expect({ user, outcome: code === 0 ? 'taken' : 'refused' }).toEqual({ user, outcome });
    if (outcome === 'refused') expect(stderr).toMatch(/Forbidden.*user 'bob' does not hold the verb share on/);
  });

  test('and changed or taken back by nobody else, while labels are free', async () => {
    await must(grant(home, 'stands', { secret: 'db' }));
    const change = (user: string, patch: object): Promise<KubectlResult> =>
      kube.kubectl(user, [
        'patch',
        'secretgrant',
        'stands',
        '-n',
        home,
        '--type=merge',
        '-p',
        JSON.stringify(patch),
        '--dry-run=server',
      ]);
    expect(await change('bob', { spec: { access: 'write' } })).toMatchObject({ code: 1 });
    expect(await change('bob', { metadata: { labels: { a: 'b' } } })).toMatchObject({ code: 0 });
    expect(await change('alice', { spec: { access: 'write' } })).toMatchObject({ code: 0 });
    const remove = (user: string): Promise<KubectlResult> =>
      kube.kubectl(user, ['delete', 'secretgrant', 'stands', '-n', home, '--dry-run=server']);
    expect((await remove('bob')).stderr).toMatch(/does not hold the verb share/);
    expect(await remove('alice')).toMatchObject({ code: 0 });
  });

  test('and goes with its namespace, which the cluster itself takes away', async () => {
    const passing = await newHome();
    await must(grant(passing, 'goes', { secret: 'db' }));
    const args = ['delete', 'namespace', passing, '--timeout=60s'];
    expect(await kube.kubectl('admin', args)).toMatchObject({ code: 0 });
  }, 120_000);
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
    if (outcome === 'refused') expect(stderr).toMatch(/user 'bob' may not get Secret/);
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
    expect((await change({ secretKeyRef: { name: 'other' } })).stderr).toMatch(/may not get Secret 'other'/);
    expect(await change({ description: 'text' })).toMatchObject({ code: 0 });
  });
});

describe('a rule that a cluster switched on', () => {
  const expires = (days: number) => ({ secret: 'db', subject: toCarol, expiresAt: inDays(days) });
  const cases: readonly (readonly [string, (namespace: string) => object, RegExp | 'taken'])[] = [
    ['plain values: a plain one', (at) => userSecret(at, 'n', { value: 'x' }), /takes no plain values: seal the value/],
    ['plain values: one in base64', (at) => userSecret(at, 'n', { valueBase64: 'eA==' }), /takes no plain values/],
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
      /end at most 30 days after they were made/,
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
    expect((await change('usersecret', { value: 'another' })).stderr).toMatch(/takes no plain values/);
    expect(await change('usersecret', { value: null, generate: { type: 'Hex' } })).toMatchObject({ code: 0 });
    expect((await change('secretgrant', { access: 'write' })).stderr).toMatch(/end at most 30 days/);
    expect(await change('secretgrant', { expiresAt: inDays(29) })).toMatchObject({ code: 0 });
  });

  test('does not repeat the value in its answer', async () => {
    const { stderr } = await dryRun('alice', userSecret(strict, 'n', { value: 'do not repeat me' }));
    expect(stderr).toMatch(/takes no plain values/);
    expect(stderr).not.toContain('do not repeat me');
  });
});

function grant(namespace: string, name: string, spec: Partial<Parameters<typeof grantTo>[2]>) {
  return grantTo(namespace, name, { subject: toCarol, ...spec });
}

function dryRun(user: string, object: unknown): Promise<KubectlResult> {
  return kube.kubectl(user, ['create', '--dry-run=server', '-f', '-'], JSON.stringify(object));
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
    metadata: { namespace, name: `${user}-${name}` },
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
    role('reads-one', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['readable'], verbs: ['get'] }]),
    ...['writes', 'shares-one', 'reads-one'].map((name) => bind('Role', name, 'bob')),
    bind('ClusterRole', 'edit', 'alice'),
  );
  return namespace;
}

/** Policies, bindings and roles are in force some moments after they are written. */
async function inForce(user: string, object: unknown, isRefused: boolean): Promise<void> {
  const endMs = Date.now() + 60_000;
  for (;;) {
    const { code, stderr } = await dryRun(user, object);
    if ((code !== 0) === isRefused) return;
    if (Date.now() > endMs) throw new Error(`not in force within a minute: ${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
