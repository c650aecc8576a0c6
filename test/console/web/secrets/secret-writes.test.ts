/** What the secrets page writes: a new value opens for the object whose value it is. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { TLS_KEY, TLS_TYPE, type UserSecret } from '../../../../src/api/index.ts';
import { configMaps } from '../../../../src/console/web/cluster/object.ts';
import type { Cluster } from '../../../../src/console/web/cluster/use-cluster.ts';
import { changeSecret } from '../../../../src/console/web/secrets/secret-writes.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  importHpkeKeyPair,
  openHpke,
  type HpkeKeyPair,
} from '../../../../src/sealing/index.ts';

const place = { namespace: 'neuro-system', configMap: 'neuro-sealing-keys', entry: 'keys.json' };
const page = globalThis as { isSecureContext?: boolean };
let pair: HpkeKeyPair;

beforeEach(async () => {
  page.isSecureContext = true;
  pair = await importHpkeKeyPair(await generateHpkeKeyPair('x25519'));
});
afterEach(() => {
  delete page.isSecureContext;
});

/** A cluster with that secret; `patches` are the specs that were written. */
function holding(secret: UserSecret): { readonly cluster: Cluster; readonly patches: UserSecret['spec'][] } {
  const patches: UserSecret['spec'][] = [];
  const { suite, keyId, publicKey } = pair;
  const keys = formatPublicKeys([{ suite, keyId, publicKey, createdAt: '2026-11-01T00:00:00Z', active: true }]);
  const connection = {
    get: (type: unknown, { name }: { readonly name: string }) =>
      Promise.resolve(
        type !== configMaps ? secret : { metadata: {}, data: name === place.configMap ? { [place.entry]: keys } : {} },
      ),
    patch: (_type: unknown, _where: unknown, { spec }: UserSecret) => {
      patches.push(spec);
      return Promise.resolve(secret);
    },
  };
  const cluster = {
    ...{ connection, config: { sealing: place }, session: { user: { name: 'bob' } } },
    liveLists: { apply: () => undefined },
  };
  return { cluster: cluster as unknown as Cluster, patches };
}

test.each<[string, UserSecret['spec'], string]>([
  ['of its name', {}, 'web'],
  ['of another key', { key: 'WEB_TOKEN' }, 'WEB_TOKEN'],
  ['whose type fixes the key', { type: TLS_TYPE, key: TLS_KEY }, TLS_KEY],
])('a new value of a secret %s is sealed for its key in force, whatever people call it', async (_case, spec, key) => {
  const { cluster, patches } = holding({
    metadata: { namespace: 'alice', name: 'web', uid: 'u', generation: 1 },
    spec,
  });
  // As the list of shared secrets names it.
  const entry = { namespace: 'alice', name: 'web', key: 'web' };
  await changeSecret(cluster, entry, { input: { kind: 'text', text: 'new' } });
  const opened = await openHpke([pair], { namespace: 'alice', name: 'web', key }, patches[0]?.sealed?.value ?? '');
  expect(Buffer.from(opened).toString()).toBe('new');
});
