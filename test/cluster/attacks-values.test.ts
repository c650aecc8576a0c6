/** Jobs that would make the operator hold too many values, search them for too long, or keep them when the access to them is over. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testCluster } from '../support/cluster.ts';
import { operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import { jobIn, operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

const mebibyte = 1024 * 1024;
/** Leaves room for the other fields of the native Secret. */
const largeBytes = mebibyte - 4_096;
/** Of the container that manifests/install.yaml describes. */
const memoryLimitBytes = 512 * mebibyte;
/** Searching for the largest allowed values takes some 50 ms of a processor each; the attack took 13 s. */
const longestSearchSeconds = 1;
const decidedWithinMs = 90_000;
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

let world: OperatorWorld;
let operator: RunningOperator;
let alice: string;
let mallory: string;
const namespaces: string[] = [];

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  alice = await world.test.makeNamespace('alice', { 'neu.ro/user': 'alice' });
});

/** A namespace copies a bounded number of bytes in a minute, so each case has one of its own. */
beforeEach(async () => {
  mallory = await world.test.makeNamespace('mallory', { 'neu.ro/user': 'mallory' });
  namespaces.push(mallory);
});

afterAll(async () => {
  await operator.stop();
  for (const namespace of [alice, ...namespaces])
    await world.test.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
});

interface Found {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
}
interface Job extends Found {
  readonly status?: { readonly phase?: string; readonly reason?: string; readonly message?: string };
}

const jobs = (): string => `/apis/neu.ro/v1/namespaces/${mallory}/neurojobs`;
const pods = (): string => `/api/v1/namespaces/${mallory}/pods`;

const makeJob = (name: string, spec: object, metadata: object = {}): Promise<Job> =>
  world.test.request<Job>({
    method: 'POST',
    path: jobs(),
    body: {
      apiVersion: 'neu.ro/v1',
      kind: 'NeuroJob',
      metadata: { name, ...metadata },
      spec: { image: 'busybox:1', ...spec },
    },
  });
const readJob = (name: string): Promise<Job> => world.test.request({ method: 'GET', path: `${jobs()}/${name}` });
const untilJob = (name: string, isSo: (status: NonNullable<Job['status']>) => boolean, what: string): Promise<Job> =>
  world.eventually(
    () => readJob(name),
    ({ status = {} }) => isSo(status),
    what,
  );
/** Without what is in them: megabytes of values would be read and parsed at each look. */
const list = async (path: string): Promise<readonly Found[]> =>
  (await world.test.request<{ readonly items: readonly Found[] | null }>({ method: 'GET', path, accept: metadataOnly }))
    .items ?? [];
const podOf = async (name: string): Promise<Found | undefined> =>
  (await list(pods())).find(({ metadata }) => metadata.name === name);
const untilPod = (name: string): Promise<Found | undefined> =>
  world.eventually(
    () => podOf(name),
    (found) => found !== undefined,
    `the Pod of ${name}`,
  );
const snapshotsOf = async ({ metadata: { uid } }: Found): Promise<readonly string[]> =>
  (await list(`/api/v1/namespaces/${mallory}/secrets`))
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
    .map(({ metadata }) => metadata.name);
const noSnapshot = (job: Found): Promise<readonly string[]> =>
  world.eventually(
    () => snapshotsOf(job),
    (names) => names.length === 0,
    'no snapshot',
  );

async function largeSecrets(prefix: string, count: number, value: () => string): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => `${prefix}-${String(at)}`);
  for (const name of names)
    await world.create('usersecrets', mallory, { metadata: { name }, spec: { value: value() } });
  for (const name of names) await world.untilReason('usersecrets', mallory, name, 'True Synced', decidedWithinMs);
  return names;
}

const filesOf = (names: readonly string[]): readonly unknown[] =>
  names.map((name) => ({ path: `/s/${name}`, fromSecret: { name } }));

/** What a kubelet writes when the container fails. */
async function fail(name: string, message: string): Promise<void> {
  const state = {
    terminated: {
      exitCode: 1,
      reason: 'Error',
      message,
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:00:01Z',
    },
  };
  const status = {
    phase: 'Failed',
    containerStatuses: [{ name: 'job', image: 'busybox:1', imageID: '', ready: false, restartCount: 0, state }],
  };
  const path = `${pods()}/${name}/status`;
  await world.test.request({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: { status } });
}

async function leaderTransitions(): Promise<number> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases/neuro-operator`;
  const { spec } = await world.test.request<{ readonly spec: { readonly leaseTransitions?: number } }>({
    method: 'GET',
    path,
  });
  return spec.leaseTransitions ?? 0;
}

/** The most that the process has held at one time. */
async function peakBytes(): Promise<number> {
  const status = await readFile(`/proc/${String(operator.pid)}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Jobs that fail at the same time. */
async function failTogether(count: number, spec: object, words: string): Promise<readonly Job[]> {
  const names = Array.from({ length: count }, (_, at) => `fails-${String(at)}`);
  for (const name of names) await makeJob(name, spec);
  for (const name of names) await untilPod(name);
  await Promise.all(names.map((name) => fail(name, words)));
  return Promise.all(names.map((name) => untilJob(name, ({ phase }) => phase === 'Failed', `${name} has failed`)));
}

describe('last words of jobs with large values', () => {
  it('are withheld where the values are 31 MiB: the end is written, and the operator stays within its memory', async () => {
    const before = await leaderTransitions();
    const values: string[] = [];
    const names = await largeSecrets('big', 31, () => {
      const value = randomBytes(largeBytes / 2).toString('hex');
      values.push(value);
      return value;
    });
    const ended = await failTogether(1, { files: filesOf(names) }, (values[0] ?? '').slice(0, 4_000));
    for (const job of ended) {
      const { status = {} } = await untilJob(
        job.metadata.name,
        ({ message = '' }) => message.includes('withheld'),
        'said',
      );
      expect(status.reason).toBe('Error');
      expect(status.message).not.toContain((values[0] ?? '').slice(0, 16));
      await noSnapshot(job);
    }
    await world.secret(alice, 'after-big', { value: 'x' });
    expect(await peakBytes()).toBeLessThan(memoryLimitBytes);
    expect([operator.isRunning(), await leaderTransitions()]).toEqual([true, before]);
  });

  it('that repeat one another and the values hold the event loop for no noticeable time', async () => {
    const before = await leaderTransitions();
    const names = await largeSecrets('same', 4, () => 'a'.repeat(largeBytes));
    const ended = await failTogether(3, { files: filesOf(names) }, 'aaaaaaab\n'.repeat(440));
    // The search is over when its snapshot is gone.
    for (const job of ended) await noSnapshot(job);
    expect(await operator.metric('neuro_operator_event_loop_longest_stall_seconds')).toBeLessThan(longestSearchSeconds);
    expect([operator.isRunning(), await leaderTransitions()]).toEqual([true, before]);
  });
});

describe('a grant that is revoked', () => {
  const toMallory = { secret: 'hers', subject: { kind: 'User', name: 'mallory' } } as const;
  const foreign = (): object => ({ name: 'S', fromSecret: { namespace: alice, name: 'hers' } });

  beforeAll(() => world.secret(alice, 'hers', { value: 'x', onRevoke: 'Terminate' }));

  it('while a job copies 25 MiB of values leads to no Pod', async () => {
    const names = await largeSecrets('own', 25, () => randomBytes(largeBytes / 2).toString('hex'));
    await world.grant(alice, 'copying', toMallory);
    await world.untilMay(true, jobIn(mallory), 'use', alice, 'hers');
    const job = await makeJob('late', { env: [foreign()], files: filesOf(names), scheduleTimeout: '10s' });
    await world.eventually(
      () => snapshotsOf(job),
      (made) => made.length > 0,
      'copying has begun',
    );
    await world.remove('secretgrants', alice, 'copying');
    await world.untilMay(false, jobIn(mallory), 'use', alice, 'hers');
    const overMs = Date.now();
    await untilJob('late', ({ phase }) => phase === 'Failed' || phase === 'Cancelled', 'it ended');
    const pod = await podOf('late');
    // One that was made before is ended; none is made after.
    if (pod !== undefined) expect(Date.parse(pod.metadata.creationTimestamp)).toBeLessThanOrEqual(overMs);
    await noSnapshot(job);
  });

  it('takes the values of a job whose Pod is refused out of the namespace', async () => {
    await world.grant(alice, 'refused', toMallory);
    await world.untilMay(true, jobIn(mallory), 'use', alice, 'hers');
    const job = await makeJob('no-account', {
      env: [foreign()],
      serviceAccountName: 'not-there',
      scheduleTimeout: '9999d',
    });
    // The grant is to the person and the home, so to every service account of it.
    await untilJob('no-account', ({ reason }) => reason === 'Refused', 'its Pod is refused');
    await world.remove('secretgrants', alice, 'refused');
    await untilJob('no-account', ({ reason }) => reason === 'MissingSecrets', 'it has no access');
    await noSnapshot(job);
    expect(await podOf('no-account')).toBeUndefined();
  });
});

describe('a job that is deleted behind a finalizer', () => {
  it('ends: its Pod and its values go', async () => {
    await world.create('usersecrets', mallory, { metadata: { name: 'mine' }, spec: { value: 'x' } });
    const finalizers = ['example.com/stays'];
    const job = await makeJob(
      'held',
      { env: [{ name: 'S', fromSecret: { name: 'mine' } }], lifeSpan: '1d' },
      { finalizers },
    );
    await untilPod('held');
    expect(await snapshotsOf(job)).toHaveLength(1);
    await world.test.request({ method: 'DELETE', path: `${jobs()}/held` });
    const { status } = await untilJob('held', ({ phase }) => phase === 'Cancelled', 'it is cancelled');
    expect(status?.reason).toBe('UserRequested');
    await noSnapshot(job);
    await world.eventually(
      () => podOf('held'),
      (pod) => pod === undefined || pod.metadata.deletionTimestamp !== undefined,
      'its Pod goes',
    );
    expect((await readJob('held')).metadata.deletionTimestamp).toBeDefined();
    await world.test.request({
      method: 'PATCH',
      path: `${jobs()}/held`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { finalizers: null } },
    });
  });

  it('that waits for a secret makes no Pod when the secret comes', async () => {
    await makeJob(
      'waits',
      { env: [{ name: 'S', fromSecret: { name: 'comes-late' } }], scheduleTimeout: '1d' },
      { finalizers: ['example.com/stays'] },
    );
    await untilJob('waits', ({ reason }) => reason === 'MissingSecrets', 'it waits');
    await world.test.request({ method: 'DELETE', path: `${jobs()}/waits` });
    await world.secret(mallory, 'comes-late', { value: 'x' });
    const { status } = await untilJob('waits', ({ phase }) => phase === 'Cancelled', 'it is cancelled');
    expect(status?.reason).toBe('UserRequested');
    // A job that is made after it has its Pod: what the first would have had is there by then.
    await makeJob('after', { env: [{ name: 'S', fromSecret: { name: 'comes-late' } }] });
    await untilPod('after');
    expect(await podOf('waits')).toBeUndefined();
    await world.test.request({
      method: 'PATCH',
      path: `${jobs()}/waits`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { finalizers: null } },
    });
  });
});
