/** Sealing in the browser: the operator opens it, for that one object; what cannot be sealed says why. */
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import '../../../support/console/english.ts';
import type { Connection } from '../../../../src/console/web/cluster/connection.ts';
import { ClusterError } from '../../../../src/console/web/cluster/errors.ts';
import { sealValue } from '../../../../src/console/web/secrets/seal-value.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  importHpkeKeyPair,
  openHpke,
  type PublishedKey,
  type HpkeKeyPair,
} from '../../../../src/sealing/index.ts';

const place = { namespace: 'neuro-system', configMap: 'neuro-sealing-keys', entry: 'keys.json' };
const context = { namespace: 'alice', name: 'db-password', key: 'db-password' };
const bytes = new TextEncoder().encode('correct horse');
const page = globalThis as { isSecureContext?: boolean };
let pair: HpkeKeyPair;

beforeAll(async () => {
  pair = await importHpkeKeyPair(await generateHpkeKeyPair('mlkem768-x25519'));
});
beforeEach(() => {
  page.isSecureContext = true;
});
afterEach(() => {
  delete page.isSecureContext;
});

/** An API server with one ConfigMap of keys, or with what it answers instead; and with recovery keys. */
function serving(answer: () => unknown, recovery: readonly HpkeKeyPair[] = []): Connection {
  const get = (_type: unknown, { name }: { readonly name: string }): unknown =>
    name === place.configMap ? answer() : { data: { 'recipients.json': formatPublicKeys(recovery.map(published)) } };
  return {
    get: (type: unknown, where: { readonly name: string }) => Promise.resolve().then(() => get(type, where)),
  } as unknown as Connection;
}
const published = ({ suite, keyId, publicKey }: HpkeKeyPair): PublishedKey => {
  return { suite, keyId, publicKey, createdAt: '2026-11-01T00:00:00Z', active: true };
};
const withKeys = (recovery: readonly HpkeKeyPair[] = []): Connection => {
  const keys = formatPublicKeys([published(pair)]);
  return serving(() => ({ metadata: { name: place.configMap }, data: { [place.entry]: keys } }), recovery);
};
const newPair = async (): Promise<HpkeKeyPair> => importHpkeKeyPair(await generateHpkeKeyPair('x25519'));

test('a sealed value opens for its object alone, and names the key', async () => {
  const { text, keyId } = await sealValue(withKeys(), place, context, bytes);
  expect(keyId).toBe(pair.keyId);
  expect(text).not.toContain('correct horse');
  expect(Buffer.from(await openHpke([pair], context, text)).toString()).toBe('correct horse');
  await expect(openHpke([pair], { ...context, name: 'other' }, text)).rejects.toMatchObject({
    code: 'NotForThisObject',
  });
});

test('a page that was opened without https says so, before it asks for anything', async () => {
  page.isSecureContext = false;
  const asked = serving(() => {
    throw new Error('asked');
  });
  await expect(sealValue(asked, place, context, bytes)).rejects.toThrow('without https');
});

test.each<[string, () => unknown]>([
  ['is not there', () => ({ metadata: { name: place.configMap } })],
  ['cannot be found', () => Promise.reject(new ClusterError('notFound', 'x'))],
  ['may not be read', () => Promise.reject(new ClusterError('forbidden', 'x'))],
])('a key that %s is told with where it should be', async (_case, answer) => {
  await expect(sealValue(serving(answer), place, context, bytes)).rejects.toThrow(
    'ConfigMap neuro-sealing-keys in neuro-system',
  );
});

test('a server that does not respond is reported', async () => {
  const away = serving(() => Promise.reject(new ClusterError('offline', 'away')));
  await expect(sealValue(away, place, context, bytes)).rejects.toMatchObject({ kind: 'offline' });
});

test('other clusters and the recovery keys of the cluster can open it, each by a text of its own', async () => {
  const [staging, offline] = [await newPair(), await newPair()];
  const sealed = await sealValue(withKeys([offline]), place, context, bytes, [published(staging), published(pair)]);
  expect(sealed.keyId).toBe(pair.keyId);
  expect(sealed.values).toHaveLength(2);
  for (const [index, key] of [staging, offline].entries())
    expect(Buffer.from(await openHpke([key], context, sealed.values?.[index] ?? '')).toString()).toBe('correct horse');
  expect(await sealValue(withKeys(), place, context, bytes)).not.toHaveProperty('values');
});

test('what is too much for one object is refused with the limit', async () => {
  const many = await Promise.all(Array.from({ length: 8 }, async () => published(await newPair())));
  await expect(sealValue(withKeys(), place, context, bytes, many)).rejects.toThrow('at most 8 clusters');
  const [other = published(pair)] = many;
  const large = new Uint8Array(100 * 1024);
  await expect(sealValue(withKeys(), place, context, large, [other])).rejects.toThrow('at most about 96 KiB');
  expect(await sealValue(withKeys(), place, context, large)).not.toHaveProperty('values');
});

test('a list of recovery keys that cannot be used keeps a value from being sealed', async () => {
  const answer = (name: string): Promise<unknown> =>
    Promise.resolve({
      data:
        name === place.configMap
          ? { [place.entry]: formatPublicKeys([published(pair)]) }
          : { 'recipients.json': 'no list' },
    });
  const connection = { get: (_type: unknown, { name }: { readonly name: string }) => answer(name) };
  await expect(sealValue(connection as unknown as Connection, place, context, bytes)).rejects.toThrow('recovery keys');
});
