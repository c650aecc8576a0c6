/** Sealing in the browser: the operator opens it, for that one object; what cannot be sealed says why. */
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import '../../../support/console/english.ts';
import type { Connection } from '../../../../src/console/web/cluster/connection.ts';
import { ClusterError } from '../../../../src/console/web/cluster/errors.ts';
import { sealValue } from '../../../../src/console/web/secrets/seal-value.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  importHpkeKeyPair,
  openHpke,
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

/** An API server with one ConfigMap, or with what it answers instead. */
function serving(answer: () => unknown): Connection {
  return { get: () => Promise.resolve().then(answer) } as unknown as Connection;
}
const withKeys = (): Connection => {
  const { suite, keyId, publicKey } = pair;
  const keys = formatPublicKeys([{ suite, keyId, publicKey, createdAt: '2026-11-01T00:00:00Z', active: true }]);
  return serving(() => ({ metadata: { name: place.configMap }, data: { [place.entry]: keys } }));
};

test('what is sealed opens for its object alone, and names the key', async () => {
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

test('a server that is away is told as such', async () => {
  const away = serving(() => Promise.reject(new ClusterError('offline', 'away')));
  await expect(sealValue(away, place, context, bytes)).rejects.toMatchObject({ kind: 'offline' });
});
