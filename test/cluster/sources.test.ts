/** Values that are composed of others, and values of ConfigMaps, on a real control plane. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { UserSecretSpec } from '../../src/api/index.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

let world: OperatorWorld;
let operator: RunningOperator;
let namespace: string;
let count = 0;

const newName = (): string => `s-${String(++count)}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const dsnOf = (user: string, password: string): UserSecretSpec => ({
  template: {
    text: 'postgres://$(user):$(password)@db/app?price=$$5',
    parts: [
      { name: 'user', secret: user },
      { name: 'password', secret: password, encode: 'Percent' },
    ],
  },
});

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  // With a line for each reconcile, which must have no value.
  operator = await startOperator(world.test, { logLevel: 'debug' });
  namespace = await world.test.makeNamespace('sources');
});

afterAll(() => operator.stop());

const untilValue = (name: string, value: string) =>
  world.until('secrets', namespace, name, (found) => found?.data?.[name] === base64(value), `${name} is ${value}`);

describe('a template', () => {
  const parts = ['dsn', 'user', 'password'] as const;
  const orders = parts.flatMap((a) =>
    parts.filter((b) => b !== a).map((b) => [a, b, ...parts.filter((c) => c !== a && c !== b)]),
  );
  test.each(orders.map((order) => [order.join(', '), order] as const))('is composed after %s', async (_what, order) => {
    const names = { dsn: newName(), user: newName(), password: newName() };
    const specs = { dsn: dsnOf(names.user, names.password), user: { value: 'app' }, password: { value: 'p@ss/w:rd' } };
    for (const part of order as readonly (keyof typeof names)[])
      await world.create('usersecrets', namespace, { metadata: { name: names[part] }, spec: specs[part] });
    await untilValue(names.dsn, 'postgres://app:p%40ss%2Fw%3Ard@db/app?price=$5');
    await world.untilReason('usersecrets', namespace, names.dsn, 'True Synced');
  });

  it('follows a part that is rotated, and a template that it is a part of does too', async () => {
    const [user, password, dsn, line] = [newName(), newName(), newName(), newName()];
    await world.secret(namespace, user, { value: 'app' });
    await world.secret(namespace, password, { generate: { type: 'Hex', length: 8 } });
    await world.secret(namespace, dsn, dsnOf(user, password));
    await world.secret(namespace, line, {
      template: { text: 'DSN=$(dsn)', parts: [{ name: 'dsn', secret: dsn, encode: 'JSON' }] },
    });
    const before = (await world.get('secrets', namespace, password))?.data?.[password];
    await world.patch('usersecrets', namespace, password, { metadata: { annotations: { 'neu.ro/rotate': 'now' } } });
    const after = await world.until(
      'secrets',
      namespace,
      password,
      (found) => found?.data?.[password] !== before,
      'rotated',
    );
    const value = Buffer.from(after?.data?.[password] ?? '', 'base64').toString();
    await untilValue(dsn, `postgres://app:${value}@db/app?price=$5`);
    await untilValue(line, `DSN="postgres://app:${value}@db/app?price=$5"`);
    const status = JSON.stringify((await world.get('usersecrets', namespace, dsn))?.status);
    expect(status).not.toContain(value);
  });

  it('in a circle is refused with a sentence', async () => {
    const [one, other] = [newName(), newName()];
    const of = (secret: string): UserSecretSpec => ({ template: { text: '$(a)', parts: [{ name: 'a', secret }] } });
    await world.create('usersecrets', namespace, { metadata: { name: one }, spec: of(other) });
    await world.secret(namespace, other, of(one), 'False SourceNotPermitted');
    expect(await world.get('secrets', namespace, other)).toBeUndefined();
  });
});

const single = (secret: string, text = '$(a)'): UserSecretSpec => ({
  template: { text, parts: [{ name: 'a', secret }] },
});
/** In every value of the tests below; it must show in no status, event or log. */
const sentinel = 'c0mposed-sentinel';
const untilReason = (name: string, reason: string) =>
  world.untilReason('usersecrets', namespace, name, `False ${reason}`);

describe('a template that cannot be composed', () => {
  it('in a circle of three has no value, whatever is created last', async () => {
    const names = [newName(), newName(), newName()];
    for (const [at, name] of names.entries())
      await world.create('usersecrets', namespace, { metadata: { name }, spec: single(names[(at + 1) % 3] ?? '') });
    for (const name of names) await untilReason(name, 'SourceNotPermitted');
    for (const name of names) expect(await world.get('secrets', namespace, name)).toBeUndefined();
  });

  it('as a part of itself is refused at apply', async () => {
    const name = newName();
    await expect(world.create('usersecrets', namespace, { metadata: { name }, spec: single(name) })).rejects.toThrow(
      'cannot be a part of itself',
    );
  });

  it('by a change that closes a circle keeps its last value, and follows again when the circle is open', async () => {
    const [dsn, part] = [newName(), newName()];
    await world.secret(namespace, part, { value: `${sentinel} one` });
    await world.secret(namespace, dsn, single(part, 'dsn=$(a)'));
    await world.patch('usersecrets', namespace, part, { spec: { value: null, ...single(dsn) } });
    for (const name of [dsn, part]) await untilReason(name, 'SourceNotPermitted');
    expect(await world.valueOf(namespace, dsn)).toEqual(Buffer.from(`dsn=${sentinel} one`));
    await world.patch('usersecrets', namespace, part, { spec: { template: null, value: `${sentinel} two` } });
    await untilValue(dsn, `dsn=${sentinel} two`);
    await world.untilReason('usersecrets', namespace, dsn, 'True Synced');
  });

  it('waits for a part, keeps its value when the part is deleted, and follows one that comes back', async () => {
    const [dsn, part] = [newName(), newName()];
    await world.secret(namespace, dsn, single(part), 'False SourceNotFound');
    await world.create('usersecrets', namespace, { metadata: { name: part }, spec: { value: `${sentinel} first` } });
    await untilValue(dsn, `${sentinel} first`);
    await world.remove('usersecrets', namespace, part);
    await untilReason(dsn, 'SourceNotFound');
    expect(await world.valueOf(namespace, dsn)).toEqual(Buffer.from(`${sentinel} first`));
    await world.create('usersecrets', namespace, { metadata: { name: part }, spec: { value: `${sentinel} second` } });
    await untilValue(dsn, `${sentinel} second`);
  });

  it('of a part that becomes a copy keeps nothing new, as the access to a copy can end', async () => {
    const [dsn, part] = [newName(), newName()];
    await world.secret(namespace, part, { value: `${sentinel} own` });
    await world.secret(namespace, dsn, single(part));
    const sharedFrom = { namespace: 'kube-system', name: 'x' };
    await world.patch('usersecrets', namespace, part, { spec: { value: null, sharedFrom } });
    await untilReason(dsn, 'SourceNotPermitted');
  });

  it('beyond a bound is refused, as parts and as a result, and is composed when it fits', async () => {
    const [large, one, two, both] = [newName(), newName(), newName(), newName()];
    const [kilobytes64, kilobytes600] = [64, 600].map((size) => sentinel.padEnd(size * 1024, 'x'));
    await world.secret(namespace, one, { value: kilobytes600 ?? '' });
    await world.secret(namespace, two, { value: kilobytes600 ?? '' });
    const parts = [one, two].map((secret, at) => ({ name: `p${String(at)}`, secret }));
    await world.secret(namespace, both, { template: { text: '$(p0)$(p1)', parts } }, 'False ValueInvalid');
    const small = newName();
    await world.secret(namespace, small, { value: kilobytes64 ?? '' });
    await world.secret(namespace, large, single(small, '$(a)'.repeat(17)), 'False ValueInvalid');
    for (const name of [both, large]) expect(await world.get('secrets', namespace, name)).toBeUndefined();
    await world.patch('usersecrets', namespace, large, { spec: single(small, '$(a)'.repeat(15)) });
    await untilValue(large, (kilobytes64 ?? '').repeat(15));
  });
});

describe('someone who can change a UserSecret, its status too, and not use the others', () => {
  const mayWrite = (verbs: readonly string[]) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'writer', namespace },
    rules: [{ apiGroups: ['neu.ro'], resources: ['usersecrets', 'usersecrets/status', 'usersecrets/scale'], verbs }],
  });
  const asBob = (args: readonly string[], input?: string) =>
    world.test.kubectl('bob', [...args, '-n', namespace], input);
  let [victim, own]: readonly [string, string] = ['', ''];

  beforeAll(async () => {
    [victim, own] = [newName(), newName()];
    await world.secret(namespace, victim, { value: `${sentinel} of the victim` });
    await world.secret(namespace, own, { value: 'of Bob' });
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'writer', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'writer' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }],
    };
    expect(await world.test.apply('admin', mayWrite(['get', 'patch', 'update']), binding)).toMatchObject({ code: 0 });
    await world.eventually(
      () => asBob(['patch', 'usersecret', own, '--type=merge', '-p', '{"spec":{"description":"mine"}}']),
      ({ code }) => code === 0,
      'Bob can write',
    );
  });

  const spec = (): object => ({ value: null, ...single(victim) });
  const object = (more: object): string =>
    JSON.stringify({ apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata: { name: own, namespace }, ...more });

  it.each<[string, () => ReturnType<typeof asBob>]>([
    ['patch', () => asBob(['patch', 'usersecret', own, '--type=merge', '-p', JSON.stringify({ spec: spec() })])],
    ['replace', () => asBob(['replace', '-f', '-'], object({ spec: single(victim) }))],
    [
      'server-side apply',
      () => asBob(['apply', '--server-side', '--force-conflicts', '-f', '-'], object({ spec: single(victim) })),
    ],
  ])('sets no template by %s', async (_how, write) => {
    const { code, stderr } = await write();
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/spec.template: user 'bob' cannot|must have exactly one|exactly one/);
  });

  it.each(['status', 'scale'])('sets none through the subresource %s', async (subresource) => {
    const metadata = { annotations: { 'neu.ro/changed-by': '1/1 carol' }, finalizers: ['example.com/stays'] };
    const patch = JSON.stringify({ metadata, spec: spec(), status: { version: 'by-bob' } });
    const done = await asBob(['patch', 'usersecret', own, `--subresource=${subresource}`, '--type=merge', '-p', patch]);
    // Kubernetes takes the status and nothing else; there is no scale.
    expect(done.code).toBe(subresource === 'status' ? 0 : 1);
    const found = await world.get('usersecrets', namespace, own);
    expect(found?.spec).toMatchObject({ value: 'of Bob', description: 'mine' });
    expect(found?.spec).not.toHaveProperty('template');
    expect(found?.metadata.annotations ?? {}).not.toHaveProperty(['neu.ro/changed-by']);
    expect(found?.metadata.finalizers ?? []).not.toContain('example.com/stays');
  });
});

it('shows no value in a status, an event or the log', async () => {
  const all = async (kind: string): Promise<string> => {
    const { stdout } = await world.test.kubectl('admin', ['get', kind, '-n', namespace, '-o', 'json']);
    return stdout;
  };
  const { items } = JSON.parse(await all('usersecrets')) as {
    readonly items: readonly { readonly status?: unknown }[];
  };
  const shown = {
    statuses: JSON.stringify(items.map(({ status }) => status)),
    events: await all('events.events.k8s.io'),
    log: operator.log(),
  };
  // There is something to look at in each.
  expect(shown.statuses).toContain('SourceNotPermitted');
  expect(shown.events).toMatch(/SourceNotPermitted|ValueInvalid/);
  for (const word of [namespace, 'reconciled']) expect(shown.log).toContain(word);
  for (const text of Object.values(shown))
    for (const form of [sentinel, base64(sentinel).slice(0, 20), encodeURIComponent(sentinel)])
      expect(text).not.toContain(form);
});

describe('a key of a ConfigMap', () => {
  it('is waited for and followed, as text and as bytes', async () => {
    const [name, source] = [newName(), newName()];
    await world.secret(namespace, name, { configMapKeyRef: { name: source, key: 'host' } }, 'False SourceNotFound');
    await world.create('configmaps', namespace, { metadata: { name: source }, data: { host: 'one' } });
    await untilValue(name, 'one');
    await world.patch('configmaps', namespace, source, { data: { host: 'two' } });
    await untilValue(name, 'two');
    await world.patch('configmaps', namespace, source, {
      data: { host: null },
      binaryData: { host: base64('\0three') },
    });
    await untilValue(name, '\0three');
    await world.remove('configmaps', namespace, source);
    await world.untilReason('usersecrets', namespace, name, 'False SourceNotFound');
    expect((await world.get('secrets', namespace, name))?.data?.[name]).toBe(base64('\0three'));
  });
});
