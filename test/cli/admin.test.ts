/** People and their homes, as administrators make them. */
import { expect, test } from 'vitest';
import { clusterRoleBindings, namespaces, roleBindings, secretGrants } from '../../src/cli/connect/kinds.ts';
import { KernelError } from '../../src/kernel/index.ts';
import { createWorld } from './typed.ts';

const world = createWorld();
const annotationsOf = (name: string): unknown => world.model.get(namespaces, { name })?.metadata.annotations;

test('a home is of groups as directories name them', async () => {
  const group = 'CN=ml,OU=Teams,DC=corp';
  const add = ['admin', 'add-user', 'bob', '--group', group, '--group', 'web'];
  expect(await world.type(add)).toMatchObject({ code: 0, error: '' });
  expect(annotationsOf('bob')).toEqual({ 'neu.ro/user': 'bob', 'neu.ro/groups': JSON.stringify([group, 'web']) });
  const listed = JSON.parse((await world.type(['admin', 'ls-users', '-o', 'json'])).out) as { items: object[] };
  expect(listed.items).toMatchObject([{ user: 'bob', groups: [group, 'web'] }]);
  // Again, without a group: they stay as they are.
  expect((await world.type(['admin', 'add-user', 'bob'])).code).toBe(0);
  expect(annotationsOf('bob')).toMatchObject({ 'neu.ro/groups': JSON.stringify([group, 'web']) });
});

test('plain names stay in the plain form', async () => {
  await world.type(['admin', 'add-user', 'carol', '--group', 'web', '--group', 'ml', '--group', 'web']);
  expect(annotationsOf('carol')).toMatchObject({ 'neu.ro/groups': 'ml,web' });
});

test.each([
  ['kube-system', []],
  ['zoe', ['--home', 'kube-public']],
  ['neuro-system', []],
  ['zoe', ['--home', 'neuro-system']],
])('the user %s %j gets no namespace of the cluster', async (user, more) => {
  const { model, type } = createWorld();
  const apiGroup = 'rbac.authorization.k8s.io';
  model.put(clusterRoleBindings, {
    metadata: { name: 'neuro-operator' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'neuro-operator' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'neuro-system', name: 'neuro-operator' }],
  });
  const { code, error } = await type(['admin', 'add-user', user, ...more]);
  expect(code).toBe(65);
  expect(error).toContain('belongs to the cluster');
  expect(model.all(roleBindings)).toEqual([]);
});

test.each(['system:masters', '', ' '])('the group %j is refused', async (group) => {
  expect((await world.type(['admin', 'add-user', 'dave', '--group', group])).code).toBe(65);
  expect(annotationsOf('dave')).toBeUndefined();
});

test('what remains of a removed user is a command that can be pasted, whatever the name holds', async () => {
  const user = 'oidc:Eve Smith';
  const home = { name: 'eve', annotations: { 'neu.ro/user': user } };
  world.model.put(namespaces, { metadata: home });
  world.model.put(secretGrants, {
    metadata: { name: 'to-eve', namespace: 'alice' },
    spec: { subject: { kind: 'User', name: user } },
  });
  const { code, error } = await world.type(['admin', 'remove-user', user, '--force']);
  expect(code).toBe(0);
  expect(error).toContain("`neuro -n alice acl revoke secret: 'oidc:Eve Smith'`");
});

test('a list without a home says how to make one', async () => {
  expect(await createWorld().type(['admin', 'ls-users'])).toEqual({
    code: 0,
    out: 'USER  NAMESPACE  GROUPS  AGE\n',
    error: 'No homes yet; `neuro admin add-user NAME` makes one.\n',
  });
});

test.each([
  ['ClusterRole', 'view'],
  ['Role', 'admin'],
])('a binding to the %s %s does not make a home, though it names the user', async (kind, name) => {
  const apiGroup = 'rbac.authorization.k8s.io';
  world.model.put(roleBindings, {
    metadata: { namespace: 'frank', name: 'owner' },
    roleRef: { apiGroup, kind, name },
    subjects: [{ apiGroup, kind: 'User', name: 'frank' }],
  });
  const { code, error } = await world.type(['admin', 'add-user', 'frank']);
  expect(code).toBe(65);
  expect(error).toContain('`kubectl delete rolebinding owner -n frank`');
});

test.each(['Forbidden', 'NotFound'] as const)('a user is removed where grants cannot be listed (%s)', async (code) => {
  const { model, type } = createWorld({
    refuse: ({ path }) =>
      path.endsWith('/secretgrants') ? new KernelError(code, `GET ${path}: 403 ${code}`) : undefined,
  });
  model.put(namespaces, { metadata: { name: 'gina', annotations: { 'neu.ro/user': 'gina' } } });
  const typed = await type(['admin', 'remove-user', 'gina']);
  expect(typed.code).toBe(0);
  expect(typed.error).toContain("WARNING: Grants that still name 'gina' were not looked for.");
});

test('grants are of a user by its kind, and a name like a flag can be pasted', async () => {
  const { model, type } = createWorld();
  for (const [index, name] of ['-x', 'group:ml'].entries()) {
    model.put(namespaces, { metadata: { name: `home-${String(index)}`, annotations: { 'neu.ro/user': name } } });
    model.put(secretGrants, {
      metadata: { namespace: 'alice', name: `to-${String(index)}` },
      spec: { secret: 'token', subject: { kind: 'User', name } },
    });
  }
  expect((await type(['admin', 'remove-user', '--', '-x'])).error).toContain('acl revoke -- secret:token -x`');
  expect((await type(['admin', 'remove-user', 'group:ml'])).error).toContain('acl revoke secret:token user:group:ml`');
});

test('grants to a namespace that goes with its user are named, since the next one of that name would have them', async () => {
  const { model, type } = createWorld();
  model.put(namespaces, { metadata: { name: 'ida', annotations: { 'neu.ro/user': 'ida' } } });
  const grant = (namespace: string, subject: object): void => {
    const name = `g${String(model.all(secretGrants).length)}`;
    model.put(secretGrants, { metadata: { namespace, name }, spec: { secret: 'token', subject } });
  };
  grant('alice', { kind: 'Namespace', name: 'ida' });
  grant('alice', { kind: 'ServiceAccount', namespace: 'ida', name: 'ci' });
  grant('alice', { kind: 'Namespace', name: 'other' });
  grant('ida', { kind: 'Namespace', name: 'ida' });
  const { error } = await type(['admin', 'remove-user', 'ida', '--delete-namespace', '--force']);
  expect(error.match(/neuro -n [^`]+/g)).toEqual([
    'neuro -n alice acl revoke secret:token namespace:ida',
    'neuro -n alice acl revoke secret:token serviceaccount:ida/ci',
  ]);
});

test('what a namespace holds is counted in words before it is deleted', async () => {
  const { model, type } = createWorld();
  model.put(namespaces, { metadata: { name: 'hugo', annotations: { 'neu.ro/user': 'hugo' } } });
  model.put(secretGrants, {
    metadata: { namespace: 'hugo', name: 'g' },
    spec: { secret: 'x', subject: { kind: 'User', name: 'bob' } },
  });
  const typed = await type(['admin', 'remove-user', 'hugo', '--delete-namespace']);
  expect(typed).toMatchObject({ code: 2, out: '' });
  expect(typed.error).toContain("'hugo' with 0 secrets and 0 jobs would be lost");
});
