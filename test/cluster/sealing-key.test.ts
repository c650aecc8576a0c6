/** Sealed values and the keys that open them, on a real control plane. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserSecretSpec } from '../../src/api/index.ts';
import {
  chooseSealingKey,
  generateHpkeKeyPair,
  parseCertificatePem,
  parsePublicKeys,
  sealHpke,
  sealKubeseal,
  type SealingContext,
} from '../../src/sealing/index.ts';
import { testCluster } from '../support/cluster.ts';
import { operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, orThrow, type Found, type OperatorWorld } from '../support/operator-world.ts';

let world: OperatorWorld;
let operator: RunningOperator;
let namespace: string;
let count = 0;
const newName = (): string => `s-${String(++count)}`;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  namespace = await world.test.makeNamespace('sealed');
});

afterAll(() => operator.stop());

const publicKeys = async () => {
  const found = orThrow(await world.get('configmaps', operatorNamespace, 'neuro-sealing-keys'));
  return parsePublicKeys(orThrow(found.data?.['keys.json']));
};
const hpke = async (name: string, value: string, context: Partial<SealingContext> = {}): Promise<UserSecretSpec> => {
  const key = await chooseSealingKey(await publicKeys());
  return { sealed: { value: await sealHpke(key, { namespace, name, key: name, ...context }, text(value)) } };
};
const certificate = async (): Promise<string> => {
  const answer = await world.eventually(
    () => fetch(`${operator.httpUrl}/v1/cert.pem`),
    ({ ok }) => ok,
    'a certificate',
  );
  return answer.text();
};
const kubeseal = async (
  name: string,
  value: string,
  context: Partial<SealingContext> = {},
): Promise<UserSecretSpec> => {
  const publicKey = await parseCertificatePem(await certificate());
  return {
    sealed: {
      format: 'kubeseal',
      value: await sealKubeseal(publicKey, 'strict', { namespace, name, key: name, ...context }, text(value)),
    },
  };
};
const keySecrets = async () =>
  (
    await world.test.request<{ items: (Found & { type: string; data: Record<string, string> })[] }>({
      method: 'GET',
      path: `${world.path('secrets', operatorNamespace)}?labelSelector=neu.ro%2Fsealing-key`,
    })
  ).items;
const activeId = async (): Promise<string> => (await chooseSealingKey(await publicKeys())).keyId;

describe.each([
  ['hpke', hpke],
  ['kubeseal', kubeseal],
] as const)('a value sealed by %s', (_format, seal) => {
  it('is opened, and says with which key', async () => {
    const name = newName();
    const { status } = await world.secret(namespace, name, await seal(name, 'sëcret'));
    expect((await world.valueOf(namespace, name))?.toString()).toBe('sëcret');
    expect(status?.sealedWith).toBeDefined();
    expect(status?.conditions?.map(({ type }) => type)).toEqual(['Ready']);
  });

  it.each([
    ['namespace', { namespace: 'other' }],
    ['name', { name: 'other' }],
  ])('for another %s is not opened, and nothing is made', async (_case, context) => {
    const name = newName();
    await world.secret(namespace, name, await seal(name, 'x', context), 'False CannotOpen');
    expect(await world.get('secrets', namespace, name)).toBeUndefined();
  });

  it('follows what is sealed again', async () => {
    const name = newName();
    await world.secret(namespace, name, await seal(name, 'one'));
    await world.patch('usersecrets', namespace, name, { spec: await seal(name, 'two') });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect((await world.valueOf(namespace, name))?.toString()).toBe('two');
  });
});

it('a value sealed by hpke for another key of the object is not opened; kubeseal knows no keys in its scopes', async () => {
  const name = newName();
  await world.secret(namespace, name, await hpke(name, 'x', { key: 'other' }), 'False CannotOpen');
  expect(await world.get('secrets', namespace, name)).toBeUndefined();
});

it('a value sealed for a key that is nowhere waits, and one that is no ciphertext is Malformed', async () => {
  const [one, other] = [newName(), newName()];
  const stranger = await generateHpkeKeyPair();
  const value = await sealHpke(stranger, { namespace, name: one, key: one }, text('x'));
  await world.secret(namespace, one, { sealed: { value } }, 'False UnknownSealingKey');
  await world.secret(namespace, other, { sealed: { value: 'neuro:v1:nonsense' } }, 'False Malformed');
});

describe('a new sealing key', () => {
  it('is created when the last is out of use; what that had sealed stays, and is reported as outdated', async () => {
    const name = newName();
    const sealed = await hpke(name, 'x');
    await world.secret(namespace, name, sealed);
    const former = await activeId();
    await world.patch('secrets', operatorNamespace, `neuro-sealing-key-hpke-${former}`, {
      metadata: { labels: { 'neu.ro/sealing-key': 'compromised' } },
    });
    await world.eventually(activeId, (seen) => seen !== former, 'another key');
    const outdated = await world.eventually(
      () => world.get('usersecrets', namespace, name),
      (found) => found?.status?.conditions?.some(({ type }) => type === 'SealingKeyOutdated') === true,
      'outdated',
    );
    expect(world.reasonOf(outdated)).toBe('True Synced');
    expect((await world.valueOf(namespace, name))?.toString()).toBe('x');
    // And what is sealed for it from now on is not opened.
    const late = newName();
    await world.secret(namespace, late, { sealed: { value: orThrow((await hpke(late, 'y')).sealed).value } });
    await world.patch('secrets', operatorNamespace, `neuro-sealing-key-hpke-${former}`, {
      metadata: { labels: { 'neu.ro/sealing-key': 'active' } },
    });
    await world.eventually(publicKeys, (keys) => keys.some(({ keyId }) => keyId === former), 'published again');
  });

  it('old keys open what was sealed for them, and the status asks to seal it again', async () => {
    const keys = await publicKeys();
    const old = orThrow(keys.find(({ active }) => !active));
    const name = newName();
    const value = await sealHpke(old, { namespace, name, key: name }, text('old'));
    const { status } = await world.secret(namespace, name, { sealed: { value } });
    expect(status?.conditions?.map(({ type }) => type)).toEqual(['Ready', 'SealingKeyOutdated']);
    await world.patch('usersecrets', namespace, name, { spec: await hpke(name, 'old') });
    await world.eventually(
      () => world.get('usersecrets', namespace, name),
      (found) => world.reasonOf(found) === 'True Synced' && found?.status?.conditions?.length === 1,
      'current again',
    );
  });
});

it('a key that is lost and comes back opens what waited for it', async () => {
  const name = newName();
  const sealed = await hpke(name, 'rescued');
  const id = await activeId();
  const secret = orThrow((await keySecrets()).find(({ metadata }) => metadata.name.endsWith(id)));
  await world.remove('secrets', operatorNamespace, secret.metadata.name);
  await world.eventually(activeId, (seen) => seen !== id, 'another key');
  await world.secret(namespace, name, sealed, 'False UnknownSealingKey');
  const { labels, annotations } = secret.metadata;
  await world.create('secrets', operatorNamespace, {
    metadata: { name: secret.metadata.name, labels, annotations },
    type: secret.type,
    data: secret.data,
  });
  await world.untilReason('usersecrets', namespace, name, 'True Synced');
  expect((await world.valueOf(namespace, name))?.toString()).toBe('rescued');
});

it('a key that is damaged is skipped, and the operator continues', async () => {
  const labels = { 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/sealing-key': 'active' };
  const annotations = { 'neu.ro/created-at': new Date(Date.now() + 60_000).toISOString() };
  const spoilt = [
    {
      metadata: { name: 'spoilt-hpke', labels, annotations },
      data: { 'hpke.json': Buffer.from('CANARY').toString('base64') },
    },
    {
      metadata: { name: 'spoilt-rsa', labels, annotations },
      type: 'kubernetes.io/tls',
      data: { 'tls.key': Buffer.from('CANARY').toString('base64'), 'tls.crt': '' },
    },
  ];
  for (const secret of spoilt) await world.create('secrets', operatorNamespace, secret);
  const name = newName();
  await world.secret(namespace, name, await hpke(name, 'x'));
  await operator.stop();
  operator = await startOperator(world.test);
  const other = newName();
  await world.secret(namespace, other, await hpke(other, 'y'));
  expect(operator.log()).not.toContain('CANARY');
  for (const { metadata } of spoilt) await world.remove('secrets', operatorNamespace, metadata.name);
});

it('when no key can be used, another is made at the start', async () => {
  const hpkeKeys = (await keySecrets()).filter(({ type }) => type === 'Opaque');
  await operator.stop();
  for (const { metadata } of hpkeKeys)
    await world.patch('secrets', operatorNamespace, metadata.name, {
      data: { 'hpke.json': Buffer.from('spoilt').toString('base64') },
    });
  const spoilt = new Set((await publicKeys()).map(({ keyId }) => keyId));
  operator = await startOperator(world.test);
  await world.eventually(activeId, (seen) => !spoilt.has(seen), 'another key');
  const name = newName();
  await world.secret(namespace, name, await hpke(name, 'x'));
  for (const { metadata } of hpkeKeys) await world.remove('secrets', operatorNamespace, metadata.name);
});
