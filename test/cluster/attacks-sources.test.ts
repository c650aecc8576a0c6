/** What somebody would try by way of schedules, of certificate pairs, and of Secrets that others made. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { joinPair } from '../../src/api/index.ts';
import { DER, encodeDer, sequence } from '../../src/sealing/der.ts';
import { newPair, pairData } from '../support/certificate-pair.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
const tls = { type: 'kubernetes.io/tls', key: 'tls-combined.pem' } as const;
/** Two minutes of the clock, and some more on a busy machine. */
const minutesMs = 200_000;
/** A DSA key of this size takes more than a minute to read. */
const primeBytes = 4 * 1024;

let world: OperatorWorld;
let operator: RunningOperator;
let alice: string;
let bob: string;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  alice = await world.test.makeNamespace('alice');
  bob = await world.test.makeNamespace('bob');
  await world.secret(alice, 'db', { value: 'CANARY-db' });
});

afterAll(() => operator.stop());

describe('a schedule', () => {
  interface FoundJob {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly phase?: string; readonly reason?: string };
  }
  const post = (kind: string, plural: string, name: string, spec: unknown): Promise<unknown> => {
    const body = { apiVersion: 'neu.ro/v1', kind, metadata: { name }, spec };
    return world.test.request({ method: 'POST', path: `/apis/neu.ro/v1/namespaces/${bob}/${plural}`, body });
  };
  const list = async <T>(path: string): Promise<readonly T[]> =>
    (await world.test.request<{ readonly items: readonly T[] }>({ method: 'GET', path })).items;
  const runs = (): Promise<readonly FoundJob[]> =>
    world.test
      .request<{ readonly items: readonly FoundJob[] }>({
        method: 'GET',
        path: `/apis/neu.ro/v1/namespaces/${bob}/neurojobs`,
        query: { labelSelector: 'neu.ro/schedule=often' },
      })
      .then(({ items }) => items);
  const namesIn = async (plural: 'pods' | 'secrets'): Promise<readonly string[]> =>
    (await list<FoundJob>(`/api/v1/namespaces/${bob}/${plural}`)).map(({ metadata }) => metadata.name);

  it('has no access of its own: each job is asked about for itself, as the service account that its template names', async () => {
    await world.grant(alice, 'to-bob', {
      secret: 'db',
      subject: { kind: 'ServiceAccount', namespace: bob, name: 'default' },
    });
    const env = [{ name: 'S', fromSecret: { name: 'db', namespace: alice } }];
    const template = { image: 'busybox:1', suspend: true, env, scheduleTimeout: '1h' };
    await post('NeuroJob', 'neurojobs', 'template', template);
    await post('NeuroJob', 'neurojobs', 'as-other', { ...template, serviceAccountName: 'other' });
    await post('NeuroSchedule', 'neuroschedules', 'often', {
      schedule: '* * * * *',
      jobTemplate: { name: 'template' },
    });
    const [first] = await world.eventually(runs, (found) => found.length === 1, 'the first job', minutesMs);
    const name = first?.metadata.name ?? '';
    await world.eventually(
      () => namesIn('pods'),
      (found) => found.includes(name),
      'its Pod',
    );
    // The same schedule, between two of its times: another account, and then no access at all.
    const path = `/apis/neu.ro/v1/namespaces/${bob}/neuroschedules/often`;
    const contentType = 'application/merge-patch+json';
    const spec = { jobTemplate: { name: 'as-other' } };
    await world.test.request({ method: 'PATCH', path, contentType, body: { spec } });
    const both = await world.eventually(runs, (found) => found.length === 2, 'the second job', minutesMs);
    const second = both.find(({ metadata }) => metadata.name !== name)?.metadata.name ?? '';
    await world.eventually(
      runs,
      (found) => found.find(({ metadata }) => metadata.name === second)?.status?.reason === 'MissingSecrets',
      'its status says that the secret is missing',
    );
    expect((await namesIn('pods')).filter((pod) => pod === second)).toEqual([]);
    expect((await namesIn('secrets')).filter((secret) => secret.includes(second))).toEqual([]);
  });
});

describe('a certificate pair', () => {
  const integer = (bytes: number): Uint8Array =>
    encodeDer(DER.integer, Uint8Array.of(1), new Uint8Array(bytes).fill(0x7f));
  const dsa = sequence(
    encodeDer(DER.integer, Uint8Array.of(0)),
    sequence(
      encodeDer(DER.objectIdentifier, Buffer.from('2a8648ce380401', 'hex')),
      sequence(integer(primeBytes), integer(32), integer(primeBytes - 1)),
    ),
    encodeDer(DER.octetString, integer(primeBytes)),
  );
  const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(dsa).toString('base64')}\n-----END PRIVATE KEY-----\n`;

  it('with a key that takes minutes to read is refused at once, and holds up nobody', async () => {
    const value = joinPair({ ...(await newPair()), 'tls.key': pem });
    await world.secret(bob, 'slow', { ...tls, value }, 'False ValueInvalid');
    expect(await operator.metric('neuro_operator_event_loop_longest_stall_seconds')).toBeLessThan(10);
  });

  it('follows no Secret that its author cannot read, nor one of the keys of the operator', async () => {
    await world.create('secrets', bob, {
      metadata: { name: 'pair' },
      type: 'kubernetes.io/tls',
      data: pairData(await newPair()),
    });
    await world.create('roles', bob, {
      metadata: { name: 'writer' },
      rules: [{ apiGroups: ['neu.ro'], resources: ['usersecrets'], verbs: ['get', 'create', 'patch', 'use'] }],
    });
    await world.create('rolebindings', bob, {
      metadata: { name: 'writer' },
      roleRef: { ...rbac, kind: 'Role', name: 'writer' },
      subjects: [{ ...rbac, kind: 'User', name: 'bob' }],
    });
    await world.untilMay(true, { user: 'bob' }, 'create', bob, 'thief');
    const object = (spec: unknown) => ({
      apiVersion: 'neu.ro/v1',
      kind: 'UserSecret',
      metadata: { name: 'thief', namespace: bob },
      spec,
    });
    const refused = await world.test.apply('bob', object({ ...tls, secretKeyRef: { name: 'pair' } }));
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('pair') as unknown });
    expect(await world.get('usersecrets', bob, 'thief')).toBeUndefined();
    const { items } = await world.test.request<{ readonly items: readonly { readonly metadata: { name: string } }[] }>({
      method: 'GET',
      path: '/api/v1/namespaces/neuro-system/secrets',
      query: { labelSelector: 'neu.ro/sealing-key' },
    });
    const names = items.map(({ metadata }) => metadata.name);
    expect(names).not.toEqual([]);
    for (const [index, name] of names.entries()) {
      const thief = `peek-${String(index)}`;
      await world.secret('neuro-system', thief, { ...tls, secretKeyRef: { name } }, 'False SourceNotPermitted');
      await world.remove('usersecrets', 'neuro-system', thief);
    }
  });
});

describe('a UserSecret under the name of a Secret of someone else', () => {
  test.each<[string, Record<string, unknown>]>([
    ['a release of Helm', { type: 'helm.sh/release.v1', data: { release: 'eA==' } }],
    ['one that is immutable', { type: 'Opaque', immutable: true, data: { k: 'eA==' } }],
    ['a token of a service account', { type: 'kubernetes.io/service-account-token' }],
    ['one with the labels of the operator', { type: 'Opaque', data: { k: 'eA==' } }],
  ])('takes over nothing, and leaves it as it is: %s', async (what, object) => {
    const name = `taken-${String(what.length)}`;
    const annotations = { 'kubernetes.io/service-account.name': 'default', 'neu.ro/user-secret': name };
    const labels = what.includes('labels') ? { 'neu.ro/managed-by': 'neuro-operator' } : {};
    await world.create('secrets', bob, { metadata: { name, labels, annotations }, ...object });
    // The token controller fills in a token.
    const before = await world.until(
      'secrets',
      bob,
      name,
      (found) => found?.type !== 'kubernetes.io/service-account-token' || found.data?.['token'] !== undefined,
      'it is whole',
    );
    await world.secret(bob, name, { value: 'mine' }, 'False Conflict');
    await world.remove('usersecrets', bob, name);
    await world.secret(bob, `${name}-after`, { value: 'sentinel' });
    expect(await world.get('secrets', bob, name)).toEqual(before);
  });
});
