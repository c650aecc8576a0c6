/** Values that are composed of others, and values of ConfigMaps, on a real control plane. */
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
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
  operator = await startOperator(world.test);
  namespace = await world.test.makeNamespace('sources');
}, 240_000);

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
