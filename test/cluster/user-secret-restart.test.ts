/** What a restart, a crash, a lost key and an API server that is away do to secrets and grants: nothing that shows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserSecretSpec } from '../../src/api/index.ts';
import { chooseSealingKey, parsePublicKeys, sealHpke } from '../../src/sealing/index.ts';
import { startCluster, type DevCluster } from '../../tools/devcluster/index.ts';
import { applyCrds, testClusterOf } from '../support/cluster.ts';
import { operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import {
  operatorWorld,
  orThrow,
  type Found,
  type FoundSecret,
  type FoundUserSecret,
  type OperatorWorld,
} from '../support/operator-world.ts';

/** Of each source. */
const each = 60;
/** Writes for one sentinel: its namespace's objects, statuses and events. */
const mostOfSentinel = 16;

/** Of its own: what other tests leave behind is written to as well. */
let cluster: DevCluster;
let world: OperatorWorld;
let operator: RunningOperator;
let namespace: string;

beforeAll(async () => {
  cluster = await startCluster({ name: `restart-${String(process.pid)}`, node: false, provider: 'built' });
  await applyCrds(cluster);
  world = operatorWorld(await testClusterOf(cluster));
  operator = await startOperator(world.test);
  namespace = await world.test.makeNamespace('restart');
});

afterAll(async () => {
  await operator.stop();
  await cluster.down();
});

const list = async <T extends Found>(plural: Parameters<OperatorWorld['path']>[0]): Promise<readonly T[]> =>
  (await world.test.request<{ readonly items: readonly T[] }>({ method: 'GET', path: world.path(plural, namespace) }))
    .items;
const versions = async (): Promise<readonly string[]> =>
  (
    await Promise.all(
      (['usersecrets', 'secrets', 'secretgrants', 'roles', 'rolebindings', 'configmaps'] as const).map((plural) =>
        list<Found>(plural),
      ),
    )
  )
    .flat()
    .map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`)
    .sort();
/** Writes that the API server carried out; the lease is renewed by PUT. */
const writes = (): Promise<number> =>
  operator.metric('rest_client_requests_total', { method: /^(POST|PATCH|DELETE)$/, code: /^2/ });

/**
 * Until the operator has done what came before: a secret and a grant that are made now are settled, and so is the count in the status,
 * which is gathered for a second. They stand in a namespace of their own.
 */
async function caughtUp(): Promise<void> {
  const elsewhere = await world.test.makeNamespace('sentinel');
  await world.secret(elsewhere, 's', { value: 'x' });
  await world.grant(elsewhere, 'g', { secret: 's', subject: { kind: 'User', name: 'u' } });
  await world.until(
    'usersecrets',
    elsewhere,
    's',
    (found) => found?.status?.sharedWith?.count === 1,
    'the sentinel is counted',
  );
  // Plain values are warned of; events are written in turn.
  await world.eventually(
    () =>
      world.test.request<{ readonly items: readonly unknown[] }>({
        method: 'GET',
        path: `/api/v1/namespaces/${elsewhere}/events`,
      }),
    ({ items }) => items.length > 0,
    'the warning about the sentinel',
  );
  await idle();
}

/** No key waits, in any lane. */
async function idle(): Promise<void> {
  await world.eventually(
    () => operator.metric('workqueue_depth'),
    (depth) => depth === 0,
    'no key waits',
  );
}

async function specs(): Promise<readonly (readonly [string, UserSecretSpec])[]> {
  const keys = orThrow(await world.get('configmaps', operatorNamespace, 'neuro-sealing-keys'));
  const key = await chooseSealingKey(await parsePublicKeys(orThrow(keys.data?.['keys.json'])));
  await world.create('secrets', namespace, { metadata: { name: 'source' }, data: { password: 'eA==' } });
  const sources: readonly ((name: string) => UserSecretSpec | Promise<UserSecretSpec>)[] = [
    () => ({ value: 'x' }),
    () => ({ valueBase64: 'eA==' }),
    () => ({ generate: { type: 'Password', rotateEvery: '30d' } }),
    () => ({ secretKeyRef: { name: 'source', key: 'password' } }),
    async (name) => ({
      sealed: { value: await sealHpke(key, { namespace, name, key: name }, new TextEncoder().encode('x')) },
    }),
  ];
  const made = sources.flatMap((source, kind) =>
    Array.from({ length: each }, async (_, index) => {
      const name = `s-${String(kind)}-${String(index)}`;
      return [name, await source(name)] as const;
    }),
  );
  return Promise.all(made);
}

describe('300 secrets of every source, and 20 grants', () => {
  it('take two writes a secret: the native one, and one status', async () => {
    // Of this try alone: what a former one left would be counted.
    namespace = await world.test.makeNamespace('restart');
    const objects = await specs();
    // The first RSA pair of a cluster takes seconds, and is written when it is there.
    await world.eventually(
      () => fetch(`${operator.httpUrl}/v1/cert.pem`),
      ({ ok }) => ok,
      'a certificate',
    );
    await caughtUp();
    const before = await writes();
    await Promise.all(
      objects.map(([name, spec]) => world.create('usersecrets', namespace, { metadata: { name }, spec })),
    );
    await world.eventually(
      () => list<FoundUserSecret>('usersecrets'),
      (seen) => seen.filter((found) => world.reasonOf(found) === 'True Synced').length === objects.length,
      'all are Synced',
    );
    const secrets = (await list<FoundSecret>('secrets')).filter(({ metadata }) => metadata.name !== 'source');
    expect(secrets).toHaveLength(5 * each);
    // Plain values are warned of by an event.
    const plain = 2 * each;
    await caughtUp();
    expect((await writes()) - before).toBeGreaterThanOrEqual(2 * secrets.length);
    // One that is generated is recorded on its UserSecret.
    expect((await writes()) - before).toBeLessThanOrEqual(2 * secrets.length + plain + each + mostOfSentinel);
  });

  it('take no write at a restart, and no generated value is another', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.grant(namespace, `g-${String(index)}`, {
          secret: `s-0-${String(index)}`,
          subject: { kind: 'User', name: `u-${String(index)}` },
          access: 'write',
        }),
      ),
    );
    // The count of subjects in the status is gathered for a second.
    await world.eventually(
      () => list<FoundUserSecret>('usersecrets'),
      (seen) => seen.filter(({ status }) => status?.sharedWith?.count === 1).length === 20,
      'all 20 are counted',
    );
    await caughtUp();
    const before = await versions();
    await operator.stop();
    operator = await startOperator(world.test);
    await idle();
    expect(await writes()).toBe(0);
    await caughtUp();
    expect(await versions()).toEqual(before);
    expect(await writes()).toBeLessThanOrEqual(mostOfSentinel);
  });

  it('take no write after a crash in the middle of nothing', async () => {
    const before = await versions();
    await operator.kill9();
    operator = await startOperator(world.test);
    await caughtUp();
    expect(await versions()).toEqual(before);
  });
});

it('a generated value is the same after the key of the fingerprints was lost', async () => {
  await world.secret(namespace, 'kept', { generate: { type: 'Password' } });
  const before = orThrow(await world.get('secrets', namespace, 'kept'));
  await operator.stop();
  await world.remove('secrets', operatorNamespace, 'neuro-operator-fingerprint-key');
  operator = await startOperator(world.test);
  const hash = 'neu.ro/source-hash';
  const after = await world.until(
    'secrets',
    namespace,
    'kept',
    (found) => found?.metadata.annotations?.[hash] !== before.metadata.annotations?.[hash],
    'hashed anew',
  );
  expect(after?.data).toEqual(before.data);
  expect(Object.keys(after?.data ?? {})).toEqual(['kept']);
  await world.untilReason('usersecrets', namespace, 'kept', 'True Synced');
});

it('a grant that ended while the operator was down loses its access at the start', async () => {
  await world.secret(namespace, 'db', { value: 'x' });
  const subject = { kind: 'User' as const, name: 'bob' };
  const grant = await world.grant(namespace, 'soon', { secret: 'db', subject });
  await operator.kill9();
  await world.patch('secretgrants', namespace, 'soon', { spec: { expiresAt: '2020-01-01T00:00:00Z' } });
  await world.untilMay(true, { user: 'bob' }, 'use', namespace, 'db');
  operator = await startOperator(world.test);
  const binding = orThrow(grant.status?.roleBindingName);
  await world.until('rolebindings', namespace, binding, (found) => found === undefined, 'unbound');
  await world.untilMay(false, { user: 'bob' }, 'use', namespace, 'db');
});

it('a grant that was deleted and a secret that was changed while the operator was down are reconciled', async () => {
  for (const name of ['changed', 'lost']) await world.secret(namespace, name, { value: 'x' });
  const grant = await world.grant(namespace, 'gone', { secret: 'changed', subject: { kind: 'User', name: 'bob' } });
  await operator.stop();
  await world.remove('secretgrants', namespace, 'gone');
  await world.patch('usersecrets', namespace, 'changed', { spec: { value: 'y' } });
  await world.remove('secrets', namespace, 'lost');
  operator = await startOperator(world.test);
  await world.until('secrets', namespace, 'changed', (found) => found?.data?.['changed'] === 'eQ==', 'written');
  await world.until('secrets', namespace, 'lost', (found) => found !== undefined, 'made again');
  await world.until(
    'rolebindings',
    namespace,
    orThrow(grant.status?.roleBindingName),
    (found) => found === undefined,
    'unbound',
  );
});

it('an API server that is away and comes back is waited for', async () => {
  await cluster.stopApiServer();
  const unanswered = await operator.metric('rest_client_requests_total', { code: '<error>' });
  await world.eventually(
    () => operator.metric('rest_client_requests_total', { code: '<error>' }),
    (seen) => seen > unanswered + 3,
    'it has tried in vain several times',
  );
  expect(operator.isRunning()).toBe(true);
  await cluster.startApiServer();
  await world.secret(namespace, 'after', { value: 'z' });
  await world.remove('secrets', namespace, 'after');
  await world.until('secrets', namespace, 'after', (found) => found !== undefined, 'healed');
  expect(operator.isRunning()).toBe(true);
});
