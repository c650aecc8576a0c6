/** `neuro secret adopt` and `neuro secret add --cert` on a real control plane, with Secrets as people have them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPair, pairData } from '../support/certificate-pair.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';
import { sourceCli, type SourceCliResult } from '../support/source-cli.ts';

let world: OperatorWorld;
let operator: RunningOperator;
let namespace: string;
let folder: string;
let neuro: (...args: readonly string[]) => Promise<SourceCliResult>;

const canary = 'CANARY-adopted';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const secret = (name: string, data: Readonly<Record<string, string>>, more: Record<string, unknown> = {}) =>
  world.create('secrets', namespace, {
    metadata: { name, ...(more['metadata'] as object | undefined) },
    type: more['type'] ?? 'Opaque',
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
    ...(more['immutable'] === true ? { immutable: true } : {}),
  });
const adopt = (...args: readonly string[]) => neuro('secret', 'adopt', ...args, '-n', namespace);
const untilValue = (name: string, key: string, value: string) =>
  world.until('secrets', namespace, name, (found) => found?.data?.[key] === base64(value), `${name} has its value`);
const namesOf = async (): Promise<readonly string[]> => {
  const { items } = await world.test.request<{ readonly items: readonly { readonly metadata: { name: string } }[] }>({
    method: 'GET',
    path: `/apis/neu.ro/v1/namespaces/${namespace}/usersecrets`,
  });
  return items.map(({ metadata }) => metadata.name);
};

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  folder = await mkdtemp(join(tmpdir(), 'neuro-adopt-'));
  neuro = sourceCli(world.test.cluster, 'admin', { cwd: folder });
});

afterAll(async () => {
  await operator.stop();
  await rm(folder, { recursive: true, force: true });
});

it('adopts all keys of several Secrets, which stay as they are, and a second run changes nothing', async () => {
  namespace = await world.test.makeNamespace('adopt');
  await secret('pg', { user: 'app', PASSWORD: canary });
  await secret('mail', { 'smtp.password': canary }, { immutable: true });
  await secret('login', { username: 'me', password: canary }, { type: 'kubernetes.io/basic-auth' });
  const before = await world.get('secrets', namespace, 'pg');
  const dry = await adopt('pg', '--dry-run');
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.out).toContain("Secret 'PASSWORD' would be added (follows pg).");
  expect(await namesOf()).toEqual([]);
  for (const name of ['pg', 'mail']) {
    const { code, out, error } = await adopt(name);
    expect([code, out + error]).toEqual([0, expect.not.stringContaining(canary)]);
  }
  expect(await adopt('login', '--prefix', '{name}.')).toMatchObject({ code: 0 });
  const names = [...(await namesOf())];
  expect(names).toHaveLength(5);
  await untilValue(names.find((name) => name.startsWith('password-')) ?? '', 'PASSWORD', canary);
  await untilValue('smtp.password', 'smtp.password', canary);
  await untilValue('login.password', 'login.password', canary);
  expect((await world.get('secrets', namespace, 'login.password'))?.type).toBe('Opaque');
  const versions = await Promise.all(names.map((name) => world.get('usersecrets', namespace, name)));
  expect(await adopt('pg')).toMatchObject({ code: 0 });
  expect(await namesOf()).toEqual(names);
  const now = await Promise.all(names.map((name) => world.get('usersecrets', namespace, name)));
  expect(now.map((found) => [found?.metadata.generation, found?.spec])).toEqual(
    versions.map((found) => [found?.metadata.generation, found?.spec]),
  );
  expect(await world.get('secrets', namespace, 'pg')).toEqual(before);
  // It is followed.
  await world.patch('secrets', namespace, 'pg', { data: { user: base64('other') } });
  await untilValue('user', 'user', 'other');
});

it('says which keys it leaves: of our own Secrets, empty and absent ones; and writes over no Secret', async () => {
  namespace = await world.test.makeNamespace('adopt');
  await world.secret(namespace, 'mine', { value: canary });
  const own = await adopt('mine');
  expect(own.code).not.toBe(0);
  expect(own.error).toContain("holds the value of your secret 'mine'");
  await secret('some', { good: 'x', empty: '' });
  const some = await adopt('some', 'good', 'empty', 'absent');
  expect(some.code).not.toBe(0);
  expect(some.out).toContain("Secret 'good' added");
  expect(some.error).toMatch(/Not adopted: Secret\/some empty: .*empty/);
  expect(some.error).toContain('Not adopted: Secret/some absent: the Secret has no such key.');
  // A key of the Secret's own name: the Secret is not written over.
  await secret('foreign', { foreign: 'first' });
  const foreign = await adopt('foreign');
  expect(foreign.code).toBe(0);
  await untilValue('foreign-value', 'foreign', 'first');
  expect((await world.get('secrets', namespace, 'foreign'))?.data).toEqual({ foreign: base64('first') });
  expect(await namesOf()).toEqual(['foreign', 'good', 'mine']);
  for (const { out, error } of [own, some, foreign]) expect(out + error).not.toContain(canary);
});

it('is refused to a person who cannot read the Secret', async () => {
  namespace = await world.test.makeNamespace('adopt');
  await secret('pg', { user: canary });
  const { code, out, error } = await sourceCli(world.test.cluster, 'bob')('secret', 'adopt', 'pg', '-n', namespace);
  expect(code).not.toBe(0);
  expect(out + error).not.toContain(canary);
  expect(await namesOf()).toEqual([]);
});

it('adopts a certificate pair as one secret, and adds one from files, sealed', async () => {
  namespace = await world.test.makeNamespace('adopt');
  const pair = await newPair();
  await world.create('secrets', namespace, {
    metadata: { name: 'web' },
    type: 'kubernetes.io/tls',
    data: pairData(pair),
  });
  for (const run of [1, 2]) expect([run, (await adopt('web')).code]).toEqual([run, 0]);
  expect(await namesOf()).toEqual(['web']);
  await world.until(
    'secrets',
    namespace,
    'web-pair',
    (found) => found?.data?.['tls.key'] === pairData(pair)['tls.key'],
    'the pair is there',
  );
  for (const [name, text] of Object.entries<string>({ ...pair })) await writeFile(join(folder, name), text);
  const files = ['--cert', 'tls.crt', '--key', 'tls.key', '--ca', 'ca.crt'];
  const added = await neuro('secret', 'add', 'files', ...files, '-n', namespace);
  expect(added).toMatchObject({ code: 0 });
  const { spec } = (await world.get('usersecrets', namespace, 'files')) ?? {};
  expect(spec).toMatchObject({ type: 'kubernetes.io/tls', key: 'tls-combined.pem' });
  expect(Object.keys(spec ?? {})).toContain('sealed');
  const found = await world.get('secrets', namespace, 'files');
  expect(found?.type).toBe('kubernetes.io/tls');
  expect(found?.data).toMatchObject(pairData(pair));
  const other = await newPair();
  await writeFile(join(folder, 'tls.key'), other['tls.key']);
  const mixed = await neuro('secret', 'add', 'mixed', ...files, '-n', namespace);
  expect(mixed.code).not.toBe(0);
  expect(mixed.error).toContain('the private key is not the one of the certificate');
});
