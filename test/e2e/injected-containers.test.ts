/** Jobs on a real node whose Pods others change or hinder: injected containers, used-up quotas, the longest names, the OOM killer. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NeuroJob, NeuroJobSpec } from '../../src/api/index.ts';
import { pathOf } from '../support/api-paths.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { patchingWebhook, type PatchingWebhook } from '../support/patching-webhook.ts';
import { eventually } from '../support/until.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';

const image = 'busybox:1';

let cluster: NodeCluster;
let operator: RunningOperator;
let webhook: PatchingWebhook;
let alice: string;

beforeAll(async () => {
  cluster = await nodeCluster();
  operator = await startOperator(cluster);
  webhook = await patchingWebhook(cluster);
});

beforeEach(async () => {
  alice = await cluster.makeNamespace('alice');
});

afterAll(async () => {
  await webhook.close();
  await operator.stop();
  await cluster.leave();
});

/** It does not hear TERM: only the kubelet's KILL ends it, which comes with the end of the Pod's grace period. */
const sidecar = { name: 'mesh', image, command: ['sh', '-c', 'while :; do sleep 1000; done'] };
/** A short one, so that nothing here waits for the 30 s that Pods have by default. */
const shortGrace = { op: 'add', path: '/spec/terminationGracePeriodSeconds', value: 2 } as const;
const failing = { name: 'mesh-init', image, command: ['sh', '-c', 'exit 7'] };

describe('a sidecar that others put into the Pod', () => {
  test.each<[string, string, Partial<NeuroJob['status']>]>([
    ['succeeds', 'echo done', { phase: 'Succeeded', reason: 'Completed', exitCode: 0 }],
    ['fails', 'echo done; exit 3', { phase: 'Failed', reason: 'Error', exitCode: 3 }],
  ])('ends with the job that %s, so that it uses no quota', async (_case, script, expected) => {
    await webhook.patchPods(alice, [shortGrace, { op: 'add', path: '/spec/containers/0', value: sidecar }]);
    await kubectl('create', 'quota', 'one', '-n', alice, '--hard=pods=1');
    await untilQuota('one', 'pods', '0');
    await apply(job('first', { command: ['sh', '-c', script] }));
    await apply(job('second', { command: ['true'], scheduleTimeout: '10m' }));
    await untilFinished('first');
    await untilPhase('first', 'Failed');
    await untilFinished('second');
    expect((await get('first')).status).toMatchObject(expected ?? {});
    expect((await get('second')).status).toMatchObject({ phase: 'Succeeded' });
    expect(await kubectl('logs', 'first', '-c', 'job', '-n', alice)).toBe('done\n');
  });

  test('as an init container that restarts (a native sidecar) ends with it as well', async () => {
    const value = [{ ...sidecar, restartPolicy: 'Always' }];
    await webhook.patchPods(alice, [shortGrace, { op: 'add', path: '/spec/initContainers', value }]);
    await apply(job('native', { command: ['sh', '-c', 'echo done'] }));
    await untilFinished('native');
    await untilPhase('native', 'Succeeded');
    expect((await get('native')).status).toMatchObject({ phase: 'Succeeded', reason: 'Completed', exitCode: 0 });
  });
});

describe('an init container that others put into the Pod, and that fails', () => {
  const sentence = "the init container 'mesh-init' ended with exit code 7";

  test('fails the job, with its name and exit code', async () => {
    await webhook.patchPods(alice, [{ op: 'add', path: '/spec/initContainers', value: [failing] }]);
    await apply(job('broken', { command: ['true'] }));
    await untilFinished('broken');
    expect((await get('broken')).status).toMatchObject({ phase: 'Failed', reason: 'Error', message: sentence });
    await untilPhase('broken', 'Failed');
  });

  test('is named, and not the sidecar that is killed because of it', async () => {
    const value = [{ ...sidecar, restartPolicy: 'Always' }, failing];
    await webhook.patchPods(alice, [shortGrace, { op: 'add', path: '/spec/initContainers', value }]);
    await apply(job('broken', { command: ['true'] }));
    await untilFinished('broken');
    expect((await get('broken')).status).toMatchObject({ phase: 'Failed', reason: 'Error', message: sentence });
  });

  test('is reported while it is started again, and when the time to start is over', async () => {
    await webhook.patchPods(alice, [{ op: 'add', path: '/spec/initContainers', value: [failing] }]);
    await apply(job('broken', { command: ['true'], restartPolicy: 'OnFailure', scheduleTimeout: '20s' }));
    await eventually(
      () => get('broken'),
      ({ status }) => status?.phase === 'Pending' && status.message?.includes(sentence) === true,
      'the job says why it waits',
    );
    await untilFinished('broken');
    const { status } = await get('broken');
    expect(status).toMatchObject({ phase: 'Failed', reason: 'ScheduleTimeout' });
    expect(status?.message).toContain(sentence);
  });
});

describe('a quota', () => {
  test('of Pods that is used up is the reason, with its numbers', async () => {
    await kubectl('create', 'quota', 'few', '-n', alice, '--hard=pods=0');
    await untilQuota('few', 'pods', '0');
    await apply(job('waits', { command: ['true'] }));
    expect((await untilReason('NeuroJob', 'waits', 'QuotaExhausted')).message).toMatch(
      /requested: pods=1, used: pods=0/,
    );
    await kubectl('delete', 'quota', 'few', '-n', alice);
    await untilFinished('waits');
  });

  test('of Secrets that is used up is the reason of jobs and of UserSecrets, with its numbers', async () => {
    await apply({ ...object('UserSecret', 'token'), spec: { value: 'x' } });
    await kubectl('wait', '--for=condition=Ready', 'usersecret/token', '-n', alice, '--timeout=300s');
    await kubectl('create', 'quota', 'few', '-n', alice, '--hard=count/secrets=1');
    await untilQuota('few', 'count/secrets', '1');
    await apply(job('waits', { command: ['true'], env: [{ name: 'T', fromSecret: { name: 'token' } }] }));
    expect((await untilReason('NeuroJob', 'waits', 'QuotaExhausted')).message).toMatch(/used: count\/secrets=1/);
    await apply({ ...object('UserSecret', 'other'), spec: { value: 'x' } });
    expect((await untilReason('UserSecret', 'other', 'QuotaExhausted')).message).toMatch(/used: count\/secrets=1/);
    await kubectl('delete', 'quota', 'few', '-n', alice);
    await untilFinished('waits');
    expect((await get('waits')).status?.phase).toBe('Succeeded');
  });
});

test('the longest name that a node can run is run, and a longer one is refused', async () => {
  const longest = 217 - alice.length;
  const name = `j${'o'.repeat(longest - 2)}b`;
  await apply({ ...object('UserSecret', 'token'), spec: { value: 'of the job' } });
  const files = [{ path: '/token', fromSecret: { name: 'token' } }];
  await apply(job(name, { command: ['cat', '/token'], files }));
  await untilFinished(name);
  expect((await get(name)).status).toMatchObject({ phase: 'Succeeded' });
  expect(await kubectl('logs', name, '-n', alice)).toBe('of the job');
  const refused = await cluster.apply('admin', job(`${name}x`, { command: ['true'] }));
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('217');
});

test('a job that succeeds although one of its processes was killed for memory says so', async () => {
  const resources = { limits: { memory: '32Mi' } };
  await apply(job('hungry', { command: ['sh', '-c', 'tail /dev/zero; echo survived'], resources }));
  await untilFinished('hungry');
  expect(await kubectl('logs', 'hungry', '-n', alice)).toContain('survived');
  const { status } = await get('hungry');
  expect(status).toMatchObject({ phase: 'Succeeded', reason: 'OOMKilled', exitCode: 0 });
  expect(status?.message).toMatch(/killed because the memory limit was reached/);
});

function object(kind: 'NeuroJob' | 'UserSecret', name: string) {
  return { apiVersion: 'neu.ro/v1', kind, metadata: { namespace: alice, name } };
}

function job(name: string, spec: Partial<NeuroJobSpec>) {
  return { ...object('NeuroJob', name), spec: { image, ...spec } };
}

async function apply(made: unknown): Promise<void> {
  const { code, stderr } = await cluster.apply('admin', made);
  if (code !== 0) throw new Error(stderr);
}

async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl('admin', args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** In the namespace of this file. */
function shown<T>(apiVersion: string, kind: string, name: string): Promise<T> {
  return cluster.request({ method: 'GET', path: pathOf({ apiVersion, kind, metadata: { namespace: alice, name } }) });
}

function get(name: string): Promise<NeuroJob> {
  return shown('neu.ro/v1', 'NeuroJob', name);
}

async function untilFinished(name: string): Promise<void> {
  await eventually(
    () => get(name),
    ({ status }) => status?.finishTime !== undefined,
    `${name} is finished`,
  );
}

async function untilPhase(pod: string, phase: string): Promise<void> {
  await eventually(
    () => shown<{ readonly status?: { readonly phase?: string } }>('v1', 'Pod', pod),
    ({ status }) => status?.phase === phase,
    `the Pod ${pod} is ${phase}`,
  );
}

/** The API server limits nothing before it has been counted. */
async function untilQuota(name: string, resource: string, used: string): Promise<void> {
  await eventually(
    () => shown<{ readonly status?: { readonly used?: Record<string, string> } }>('v1', 'ResourceQuota', name),
    ({ status }) => status?.used?.[resource] === used,
    `the quota ${name} has counted`,
  );
}

/** Until the Ready condition of a UserSecret, or the status of a job, has the reason. */
async function untilReason(
  kind: 'NeuroJob' | 'UserSecret',
  name: string,
  reason: string,
): Promise<{ message: string }> {
  interface Said {
    readonly reason?: string;
    readonly message?: string;
  }
  const said = async (): Promise<Said> => {
    const { status = {} } = await shown<{ status?: Said & { conditions?: readonly (Said & { type: string })[] } }>(
      'neu.ro/v1',
      kind,
      name,
    );
    return kind === 'NeuroJob' ? status : (status.conditions?.find(({ type }) => type === 'Ready') ?? {});
  };
  const { message = '' } = await eventually(said, (seen) => seen.reason === reason, `${name} is ${reason}`);
  return { message };
}
