/** What the secrets page writes: a new value opens for the object whose value it is. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../../../support/console/english.ts';
import {
  ANNOTATION_LAST_APPLIED,
  TLS_KEY,
  TLS_TYPE,
  type SecretGrant,
  type UserSecret,
} from '../../../../src/api/index.ts';
import { ClusterError } from '../../../../src/console/web/cluster/errors.ts';
import { configMaps, type ResourceName } from '../../../../src/console/web/cluster/object.ts';
import type { Cluster } from '../../../../src/console/web/cluster/use-cluster.ts';
import { stayingAfter } from '../../../../src/console/web/secrets/grants-after.ts';
import { changeSecret, removeSecret } from '../../../../src/console/web/secrets/secret-writes.ts';
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

/** A cluster with that secret; `patches` are the specs that were written, `patched` the metadata beside them. */
function holding(secret: UserSecret): {
  readonly cluster: Cluster;
  readonly patches: UserSecret['spec'][];
  readonly patched: unknown[];
} {
  const patches: UserSecret['spec'][] = [];
  const patched: unknown[] = [];
  const { suite, keyId, publicKey } = pair;
  const keys = formatPublicKeys([{ suite, keyId, publicKey, createdAt: '2026-11-01T00:00:00Z', active: true }]);
  const connection = {
    get: (type: unknown, { name }: { readonly name: string }) =>
      Promise.resolve(
        type !== configMaps ? secret : { metadata: {}, data: name === place.configMap ? { [place.entry]: keys } : {} },
      ),
    patch: (_type: unknown, _where: unknown, { metadata, spec }: UserSecret) => {
      patched.push(metadata);
      patches.push(spec);
      return Promise.resolve(secret);
    },
  };
  const cluster = {
    ...{ connection, config: { sealing: place }, session: { user: { name: 'bob' } } },
    liveLists: { apply: () => undefined },
  };
  return { cluster: cluster as unknown as Cluster, patches, patched };
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

test('a new value takes away the copy of the plain one that kubectl keeps', async () => {
  const annotations = { [ANNOTATION_LAST_APPLIED]: JSON.stringify({ spec: { value: 'plain' } }) };
  const { cluster, patched } = holding({
    metadata: { namespace: 'alice', name: 'web', uid: 'u', generation: 1, annotations },
    spec: { value: 'plain' },
  });
  await changeSecret(cluster, { namespace: 'alice', name: 'web' }, { input: { kind: 'text', text: 'new' } });
  expect(patched[0]).toMatchObject({ annotations: { [ANNOTATION_LAST_APPLIED]: null } });
});

const old: UserSecret = { metadata: { namespace: 'alice', name: 'old', uid: 'u' }, spec: {} };
function grantTo(name: string, secret?: string, madeBy?: string): SecretGrant {
  const labels = madeBy === undefined ? {} : { labels: { 'app.kubernetes.io/managed-by': madeBy } };
  return {
    metadata: { namespace: 'alice', name: `to-${name}`, uid: name, ...labels },
    spec: { ...(secret === undefined ? {} : { secret }), subject: { kind: 'User', name } },
  };
}
const grants = [
  grantTo('bob', 'old', 'neuro'),
  grantTo('carol', 'old', 'neuro-console'),
  grantTo('dave', 'old'),
  grantTo('eve', 'old', 'Helm'),
  grantTo('frank', undefined, 'neuro'),
];

/** Deletes, but what is refused; `deleted` are the names of what has gone. */
function deleting(refused: Readonly<Record<string, ClusterError>>): {
  readonly cluster: Cluster;
  readonly deleted: string[];
} {
  const deleted: string[] = [];
  const connection = {
    delete: (_type: ResourceName, { name }: { readonly name: string }) => {
      const error = refused[name];
      if (error !== undefined) return Promise.reject(error);
      deleted.push(name);
      return Promise.resolve();
    },
  };
  return { cluster: { connection, liveLists: { apply: () => undefined } } as unknown as Cluster, deleted };
}
const forbidden = new ClusterError('forbidden', 'You may not.');

test('with a secret go the grants over it that the command or the console made', async () => {
  const { cluster, deleted } = deleting({ 'to-bob': new ClusterError('notFound', 'Gone.') });
  expect(await removeSecret(cluster, old, grants)).toBeUndefined();
  expect(deleted).toEqual(['old', 'to-carol']);
});

test('a grant that cannot be deleted is named, keeps no other one from being deleted, and leaves the secret deleted', async () => {
  const { cluster, deleted } = deleting({ 'to-bob': forbidden });
  const left = await removeSecret(cluster, old, grants);
  expect([left?.kind, left?.message]).toEqual([
    'forbidden',
    'The secret is deleted. The grants to bob are not, and apply again to a new secret with its name. You may not.',
  ]);
  expect(deleted).toEqual(['old', 'to-carol']);
});

test('a secret that cannot be deleted keeps its grants', async () => {
  const { cluster, deleted } = deleting({ old: forbidden });
  await expect(removeSecret(cluster, old, grants)).rejects.toBe(forbidden);
  expect(deleted).toEqual([]);
});

test('the grants over a secret stay that others made, and those that the user may not delete', () => {
  const mayNot = (name: string): string | undefined => (name === 'to-carol' ? 'You may not.' : undefined);
  expect(stayingAfter(old, grants, mayNot).map(({ metadata }) => metadata.name)).toEqual([
    'to-carol',
    'to-dave',
    'to-eve',
  ]);
});
