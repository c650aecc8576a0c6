/** Objects that are not what they seem: held by finalizers, changed as often as they are put back, forged, taken in part. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { mostRepairs } from '../../src/controllers/repair-limiter.ts';
import { testCluster } from '../support/cluster.ts';
import { operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import { jobIn, operatorWorld, orThrow, type Found, type OperatorWorld } from '../support/operator-world.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
const toBob = { secret: 'db', subject: { kind: 'User', name: 'bob' } } as const;

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
});

afterAll(() => operator.stop());

const mayBob = async (verb = 'use'): Promise<boolean> =>
  (await world.mayI({ user: 'bob' }, verb, alice, 'db')) || (await world.mayI(jobIn(bob), verb, alice, 'db'));
const untilBobMay = (is: boolean, verb = 'use'): Promise<boolean> =>
  world.eventually(
    () => mayBob(verb),
    (seen) => seen === is,
    `Bob ${is ? 'may' : 'may not'} ${verb} it`,
  );

describe('a finalizer on the RoleBinding of a grant', () => {
  test.each(['deleted', 'expired'])('does not keep the access alive when the grant is %s', async (how) => {
    const name = `held-${how}`;
    const grant = await world.grant(alice, name, toBob);
    const binding = `neuro-grant-${grant.metadata.uid}`;
    for (const plural of ['roles', 'rolebindings'] as const)
      await world.patch(plural, alice, binding, { metadata: { finalizers: ['mallory.example/hold'] } });
    if (how === 'deleted') await world.remove('secretgrants', alice, name);
    else await world.patch('secretgrants', alice, name, { spec: { expiresAt: '2020-01-01T00:00:00Z' } });
    await untilBobMay(false);
    const isEmpty = (found: { readonly subjects?: readonly unknown[] } | undefined): boolean =>
      (found?.subjects ?? []).length === 0;
    await world.until('rolebindings', alice, binding, isEmpty, 'nobody is in it');
    for (const plural of ['roles', 'rolebindings'] as const) {
      await world.patch(plural, alice, binding, { metadata: { finalizers: null } });
      await world.until(plural, alice, binding, (found) => found === undefined, 'it is gone');
    }
    if (how === 'expired') await world.remove('secretgrants', alice, name);
  });

  it('that is put on while it goes does not either', async () => {
    const grant = await world.grant(alice, 'late', toBob);
    const binding = `neuro-grant-${grant.metadata.uid}`;
    await Promise.all([
      world.remove('secretgrants', alice, 'late'),
      world
        .patch('rolebindings', alice, binding, { metadata: { finalizers: ['mallory.example/hold'] } })
        .catch(() => undefined),
    ]);
    await untilBobMay(false);
    if ((await world.get('rolebindings', alice, binding)) !== undefined)
      await world.patch('rolebindings', alice, binding, { metadata: { finalizers: null } });
  });
});

describe('a name that is taken for one half of a grant', () => {
  it('is a Conflict that still shows what is in force', async () => {
    await operator.stop();
    const grant = await world.create('secretgrants', alice, {
      metadata: { name: 'half' },
      spec: { ...toBob, access: 'write' },
    });
    const name = `neuro-grant-${grant.metadata.uid}-person`;
    await world.create('roles', alice, { metadata: { name }, rules: [] });
    operator = await startOperator(world.test);
    const half = await world.untilReason('secretgrants', alice, 'half', 'False Conflict');
    await untilBobMay(true, 'use');
    await untilBobMay(false, 'patch');
    expect(half?.status).toMatchObject({ phase: 'Active' });
    expect(half?.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toMatch(/in force in part$/);
    await world.remove('roles', alice, name);
    await world.untilReason('secretgrants', alice, 'half', 'True Active');
    await untilBobMay(true, 'patch');
    await world.remove('secretgrants', alice, 'half');
    await untilBobMay(false);
  });
});

describe('a policy of the cluster that changes what is written', () => {
  const policy = 'attacks-mutator';
  const paths = ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'].map(
    (plural) => `/apis/admissionregistration.k8s.io/v1/${plural}`,
  );

  async function mutate(resources: Readonly<Record<string, readonly string[]>>, namespace: string, expression: string) {
    const spec = {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        resourceRules: Object.entries(resources).map(([group, plurals]) => ({
          apiGroups: [group],
          apiVersions: ['v1'],
          resources: plurals,
          operations: ['CREATE', 'UPDATE'],
        })),
      },
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
    };
    const apiVersion = 'admissionregistration.k8s.io/v1';
    const bodies = [
      { apiVersion, kind: 'MutatingAdmissionPolicy', metadata: { name: policy }, spec },
      { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name: policy }, spec: { policyName: policy } },
    ];
    for (const [index, body] of bodies.entries())
      await world.test.request({ method: 'POST', path: paths[index] ?? '', body });
  }

  async function unmutate(): Promise<void> {
    for (const path of paths)
      await world.test.request({ method: 'DELETE', path: `${path}/${policy}` }).catch(() => undefined);
  }

  let probes = 0;
  /** The API server takes a policy up some time after it is made: until then nothing is changed by it; and likewise after it is gone. */
  async function untilMutated(
    namespace: string,
    isMutated: (found: Found & { readonly data?: object }) => boolean,
  ): Promise<void> {
    const probe = () => world.create('configmaps', namespace, { metadata: { name: `probe-${String(++probes)}` } });
    await world.eventually(probe, isMutated, 'the policy is in force, or no longer');
  }

  it('is reported as Contested, and not written without a limit: a Secret', async () => {
    const namespace = await world.test.makeNamespace('mutated');
    await world.secret(namespace, 'fought', { value: 'right' });
    // On ConfigMaps too, by which it is seen whether it is in force.
    await mutate({ '': ['secrets', 'configmaps'] }, namespace, `Object{data: {"fought": "${base64('wrong')}"}}`);
    try {
      await untilMutated(namespace, (found) => found.data !== undefined);
      await world.patch('secrets', namespace, 'fought', { metadata: { labels: { touched: 'yes' } } });
      await world.untilReason('usersecrets', namespace, 'fought', 'False Contested');
      expect((await world.valueOf(namespace, 'fought'))?.toString()).toBe('wrong');
      await unmutate();
      await untilMutated(namespace, (found) => found.data === undefined);
      // A change of the spec is carried out at once.
      await world.patch('usersecrets', namespace, 'fought', { spec: { value: 'new' } });
      await world.untilReason('usersecrets', namespace, 'fought', 'True Synced');
      expect((await world.valueOf(namespace, 'fought'))?.toString()).toBe('new');
    } finally {
      await unmutate();
    }
  });

  it('is reported as Contested, and does not delay the end of the access: a RoleBinding', async () => {
    const namespace = await world.test.makeNamespace('mutated');
    await world.secret(namespace, 'db', { value: 'x' });
    await mutate(
      { [rbac.apiGroup]: ['rolebindings'], '': ['configmaps'] },
      namespace,
      'Object{metadata: Object.metadata{labels: {"neu.ro/secret-grant": "other"}}}',
    );
    try {
      await untilMutated(namespace, (found) => found.metadata.labels !== undefined);
      await world.grant(namespace, 'g', toBob, 'False Contested');
      expect((await world.get('secretgrants', namespace, 'g'))?.status?.phase).toBe('Active');
      await world.remove('secretgrants', namespace, 'g');
      await world.eventually(
        () => world.mayI({ user: 'bob' }, 'use', namespace, 'db'),
        (seen) => !seen,
        'Bob may not',
      );
    } finally {
      await unmutate();
    }
  });
});

it('someone who changes a Secret as often as it is restored is left alone for a while', async () => {
  await world.secret(alice, 'rival', { value: 'right' });
  let edits = 0;
  await world.eventually(
    async () => {
      const reason = world.reasonOf(await world.get('usersecrets', alice, 'rival'));
      if (reason !== 'False Contested' && (await world.valueOf(alice, 'rival'))?.toString() === 'right') {
        edits += 1;
        await world.patch('secrets', alice, 'rival', { data: { rival: base64(`wrong-${String(edits)}`) } });
      }
      return reason;
    },
    (reason) => reason === 'False Contested',
    'it is left alone',
  );
  // The first write was the making of it. A look that comes late may miss the first pauses.
  expect(edits).toBeLessThanOrEqual(mostRepairs + 6);
  await world.patch('usersecrets', alice, 'rival', { spec: { value: 'other' } });
  await world.untilReason('usersecrets', alice, 'rival', 'True Synced');
});

describe('a UserSecret', () => {
  it('in the namespace of the operator cannot make a sealing key, nor take one over', async () => {
    const { items } = await world.test.request<{ items: { metadata: { name: string } }[] }>({
      method: 'GET',
      path: `${world.path('secrets', operatorNamespace)}?labelSelector=neu.ro%2Fsealing-key`,
    });
    const key = orThrow(items[0]).metadata.name;
    const before = await world.get('secrets', operatorNamespace, key);
    await world.create('usersecrets', operatorNamespace, {
      metadata: { name: 'forged', labels: { 'neu.ro/sealing-key': 'active' } },
      spec: { value: '{}', key: 'hpke.json' },
    });
    await world.untilReason('usersecrets', operatorNamespace, 'forged', 'True Synced');
    const made = orThrow(await world.get('secrets', operatorNamespace, 'forged'));
    expect(made.metadata.labels).not.toHaveProperty('neu.ro/sealing-key');
    await world.secret(
      operatorNamespace,
      'over',
      { generate: { type: 'Password' }, secretName: key },
      'False Conflict',
    );
    expect(await world.get('secrets', operatorNamespace, key)).toEqual(before);
    for (const name of ['forged', 'over']) await world.remove('usersecrets', operatorNamespace, name);
  });

  it.each(['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token', 'helm.sh/release.v1'])(
    'of type %s is refused',
    async (type) => {
      const spec = { value: 'x', type };
      await expect(world.create('usersecrets', alice, { metadata: { name: 'typed' }, spec })).rejects.toMatchObject({
        code: 'Invalid',
      });
    },
  );

  it('hands on neither labels, annotations nor owners of its own to what it makes', async () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'nothing', uid: '00000000-0000-0000-0000-000000000000' };
    const labels = { 'argocd.argoproj.io/instance': 'app', 'helm.sh/chart': 'c', 'neu.ro/managed-by': 'mallory' };
    const finalizers = ['mallory.example/hold'];
    await world.create('usersecrets', alice, {
      metadata: {
        name: 'marked',
        labels,
        annotations: { 'neu.ro/owner-uid': owner.uid, 'x.example/y': 'z' },
        finalizers,
      },
      spec: { value: 'x' },
    });
    try {
      await world.untilReason('usersecrets', alice, 'marked', 'True Synced');
      const { metadata } = orThrow(await world.get('secrets', alice, 'marked'));
      expect(metadata.labels).toEqual({ 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/user-secret': 'marked' });
      expect(Object.keys(metadata.annotations ?? {}).filter((name) => !name.startsWith('neu.ro/'))).toEqual([]);
      expect(metadata.annotations?.['neu.ro/owner-uid']).not.toBe(owner.uid);
      expect(metadata.ownerReferences?.map(({ kind }) => kind)).toEqual(['UserSecret']);
    } finally {
      await world.patch('usersecrets', alice, 'marked', { metadata: { finalizers: null } });
      await world.remove('usersecrets', alice, 'marked');
    }
  });
});

it('the public keys are restored when someone plants one of his own, or takes our label off', async () => {
  const name = 'neuro-sealing-keys';
  const before = orThrow(await world.get('configmaps', operatorNamespace, name));
  const planted = { 'keys.json': '[]', 'cert.pem': 'mallory', more: 'x' };
  for (const labels of [undefined, { 'neu.ro/managed-by': null }, undefined]) {
    await world.patch('configmaps', operatorNamespace, name, {
      data: planted,
      ...(labels === undefined ? {} : { metadata: { labels } }),
    });
    await world.until(
      'configmaps',
      operatorNamespace,
      name,
      (found) => JSON.stringify(found?.data) === JSON.stringify(before.data),
      'as before',
    );
  }
});

it('where the operator runs is for everybody to read, and for no tenant to say', async () => {
  const binding = ['clusterrolebinding', 'neuro-operator'];
  const { stdout } = await world.test.kubectl('bob', ['get', ...binding, '-o', 'jsonpath={.subjects[*].namespace}']);
  expect(stdout).toBe(operatorNamespace);
  const subjects = [{ kind: 'ServiceAccount', name: 'neuro-operator', namespace: bob }];
  const patch = ['patch', ...binding, '--type', 'merge', '-p', JSON.stringify({ subjects })];
  expect((await world.test.kubectl('bob', patch)).stderr).toContain('Forbidden');
});
