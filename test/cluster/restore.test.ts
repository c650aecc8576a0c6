/**
 * A namespace is lost and comes back from a backup, on a real API server with its garbage collector: as Velero restores it, and as
 * `kubectl apply` of a dump does, in any order. Each secret ends Ready with the value that it had.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectMeta } from '../../src/kernel/index.ts';
import { testCluster, type TestCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { collectedWithinMs, jobIn, operatorWorld, orThrow, type OperatorWorld } from '../support/operator-world.ts';

interface Saved {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly status?: unknown;
}

let test: TestCluster;
let world: OperatorWorld;
let operator: RunningOperator;
let home: string;
let before: Readonly<Record<string, string>>;
const names = ['made', 'pair', 'given', 'referring'];

beforeAll(async () => {
  test = await testCluster();
  operator = await startOperator(test);
  world = operatorWorld(test);
});

afterAll(() => operator.stop());

beforeEach(async () => {
  home = await test.makeNamespace('restore');
  await world.create('secrets', home, { metadata: { name: 'foreign' }, stringData: { token: 'of somebody else' } });
  await world.secret(home, 'made', { generate: { type: 'Password' } });
  await world.secret(home, 'pair', { generate: { type: 'Ed25519' } });
  await world.secret(home, 'given', { value: 'as given' });
  await world.secret(home, 'referring', { secretKeyRef: { name: 'foreign', key: 'token' } });
  await world.grant(home, 'to-bob', { secret: 'made', subject: { kind: 'Namespace', name: 'bobs' } });
  await world.until(
    'usersecrets',
    home,
    'pair',
    (found) => found?.metadata.annotations?.['neu.ro/generated-for'] !== undefined,
    'the generated value is recorded',
  );
  before = await values();
});

describe('as Velero restores it', () => {
  const kinds = 'secrets,roles,rolebindings,usersecrets,secretgrants';
  // Secrets before custom resources is its order; the other one is that of a second restore, of the Secrets alone.
  it.each(['Secrets first', 'UserSecrets first'])('%s', async (order) => {
    const saved = (await dump(kinds)).map(stripped);
    await lose();
    await apply(order === 'Secrets first' ? saved : saved.toReversed());
    await expectAllAsBefore();
    // The Roles and RoleBindings that came back have no owner that would take them along.
    await test.request({ method: 'DELETE', path: `/apis/neu.ro/v1/namespaces/${home}/secretgrants/to-bob` });
    await world.untilMay(false, jobIn('bobs'), 'use', home, 'made');
  });
});

describe('jobs that Velero restores', () => {
  const jobs = (): string => `/apis/neu.ro/v1/namespaces/${home}/neurojobs`;
  const isSnapshot = ({ kind, metadata }: Saved): boolean =>
    kind === 'Secret' && metadata.name.startsWith('neuro-job-');
  const reasonIs = (reason: string) => (job: { readonly status?: { readonly reason?: string } } | undefined) =>
    job?.status?.reason === reason;

  it('do not run again until someone lets them, and the snapshot of the former one goes', async () => {
    const body = {
      apiVersion: 'neu.ro/v1',
      kind: 'NeuroJob',
      metadata: { name: 'train' },
      spec: { image: 'busybox:1', env: [{ name: 'A', fromSecret: { name: 'made' } }] },
    };
    const readJob = () =>
      test.request<{ readonly status?: { readonly reason?: string; readonly podUid?: string } }>({
        method: 'GET',
        path: `${jobs()}/train`,
      });
    await test.request({ method: 'POST', path: jobs(), body });
    await world.eventually(readJob, ({ status }) => status?.podUid !== undefined, 'the job has a Pod');
    const saved = (await dump('secrets,usersecrets,neurojobs')).map(stripped).map(({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, labels: { ...metadata.labels, 'velero.io/restore-name': 'monday' } },
    }));
    const former = orThrow(saved.find(isSnapshot)).metadata.name;
    await lose();
    await apply(saved);
    await world.eventually(readJob, reasonIs('Restored'), 'the job waits');
    await world.eventually(
      () => world.get('secrets', home, former),
      (found) => found === undefined,
      'the snapshot of the former job is gone',
    );
    expect((await readJob()).status?.podUid).toBeUndefined();
    const words = ['label', 'neurojob', 'train', '-n', home, 'velero.io/restore-name-'];
    expect((await test.kubectl('admin', words)).code).toBe(0);
    await world.eventually(readJob, ({ status }) => status?.podUid !== undefined, 'the job runs');
    expect((await dump('secrets')).filter(isSnapshot)).toHaveLength(1);
  });
});

describe('as kubectl applies a dump, with owner references to objects that are gone', () => {
  it.each(['usersecrets,secretgrants,secrets', 'secrets,usersecrets,secretgrants'])('%s', async (kinds) => {
    const saved = await dump(kinds);
    await lose();
    await apply(saved);
    await expectAllAsBefore();
  });

  it('applied in two parts, the Secrets long before their UserSecrets', async () => {
    const saved = await dump('secrets,usersecrets,secretgrants');
    await lose();
    await apply(saved.filter(({ kind }) => kind === 'Secret'));
    await world.eventually(
      () => world.get('secrets', home, 'made'),
      (found) => found === undefined,
      'the garbage collector has taken the Secret',
      collectedWithinMs,
    );
    await apply(saved.filter(({ kind }) => kind !== 'Secret'));
    await expectAllAsBefore();
  });

  it('and applied once more, when no operator ran at first', async () => {
    const saved = await dump('usersecrets,secretgrants,secrets');
    await lose();
    await operator.stop();
    await apply(saved);
    await world.eventually(
      () => world.get('secrets', home, 'made'),
      (found) => found === undefined,
      'the garbage collector has taken the Secret',
      collectedWithinMs,
    );
    operator = await startOperator(test);
    await world.untilReason('usersecrets', home, 'made', 'False ValueLost');
    await apply(saved);
    await expectAllAsBefore();
  });
});

/** What a backup has, without what the API server alone writes. */
async function dump(kinds: string): Promise<readonly Saved[]> {
  const { code, stdout, stderr } = await test.kubectl('admin', ['get', kinds, '-n', home, '-o', 'json']);
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { readonly items: readonly Saved[] }).items;
}

/** As Velero writes an object: without owner references, and without the status. */
function stripped({ status: _status, metadata, ...object }: Saved): Saved {
  const { ownerReferences: _owners, uid: _uid, resourceVersion: _version, ...kept } = metadata;
  return { ...object, metadata: kept };
}

async function lose(): Promise<void> {
  const { code, stderr } = await test.kubectl('admin', ['delete', 'namespace', home, '--timeout=300s']);
  if (code !== 0) throw new Error(stderr);
  await test.request({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } },
  });
}

/** The operator can create an object again in between, before or after kubectl has looked for it: kubectl says so, goes on, and changes nothing. */
async function apply(objects: readonly Saved[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await test.kubectl('admin', ['apply', '-f', '-'], input);
  const errors = [...stderr.matchAll(/^Error from server \((\w+)\)/gm)].map(([, reason]) => reason);
  if (
    code !== 0 &&
    (errors.length === 0 || errors.some((reason) => reason !== 'Conflict' && reason !== 'AlreadyExists'))
  )
    throw new Error(stderr);
}

async function expectAllAsBefore(): Promise<void> {
  for (const name of names) await world.untilReason('usersecrets', home, name, 'True Synced');
  expect(await values()).toEqual(before);
  for (const name of names) {
    const { status, metadata } = orThrow(await world.get('usersecrets', home, name));
    expect(status?.conditions?.map(({ type }) => type)).not.toContain('ValueRegenerated');
    const owners = orThrow(await world.get('secrets', home, name)).metadata.ownerReferences;
    expect(owners?.map(({ uid }) => uid)).toEqual([metadata.uid]);
  }
  await world.untilReason('secretgrants', home, 'to-bob', 'True Active');
  await world.untilMay(true, jobIn('bobs'), 'use', home, 'made');
}

async function values(): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(
    [...names, 'pair.pub'].map(async (key) => {
      const value = await world.valueOf(home, key.replace(/\.pub$/, ''), key);
      return [key, value?.toString('base64') ?? 'none'] as const;
    }),
  );
  return Object.fromEntries(found);
}
