/** Pods that are deleted, drained, or rejected by a real node: what its kubelet shows of their end, and what becomes of the jobs. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NeuroJob, NeuroJobSpec } from '../../src/api/index.ts';
import { pathOf } from '../support/api-paths.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { eventually } from '../support/until.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';

let cluster: NodeCluster;
let operator: RunningOperator;
let namespace: string;

beforeAll(async () => {
  cluster = await nodeCluster();
  operator = await startOperator(cluster);
});

beforeEach(async () => {
  namespace = await cluster.makeNamespace('lost');
});

afterAll(async () => {
  await operator.stop();
  await cluster.leave();
});

test.each<[string, (name: string) => Promise<void>, string]>([
  ['deleted', deletePod, 'NotFound'],
  ['evicted', evictPod, 'Evicted'],
])('a Pod that is %s has the outcome of its container', async (_, take, reason) => {
  await Promise.all([
    apply('done', { command: stopsWith(0) }),
    apply('broken', { command: stopsWith(7) }),
    apply('again', { command: stopsWith(7), restartPolicy: 'OnFailure' }),
  ]);
  const names = ['done', 'broken', 'again'];
  await Promise.all(names.map((name) => until(name, ({ phase }) => phase === 'Running')));
  await Promise.all(names.map(take));
  expect(await until('done', isFinished)).toMatchObject({ phase: 'Succeeded', reason: 'Completed', exitCode: 0 });
  expect(await until('broken', isFinished)).toMatchObject({ phase: 'Failed', reason, exitCode: 7 });
  await until('again', ({ phase, restarts }) => phase === 'Running' && restarts === 1);
});

test('a Pod that its node rejects is said to be, and is created again where the restart policy allows it', async () => {
  // More than the node has, so that no scheduler takes it there.
  const resources = { requests: { cpu: '1000' } };
  await Promise.all([
    apply('never', { command: ['true'], resources }),
    apply('again', { command: ['true'], resources, restartPolicy: 'OnFailure' }),
  ]);
  const names = ['never', 'again'];
  await Promise.all(names.map((name) => until(name, ({ podUid }) => podUid !== undefined)));
  await Promise.all(names.map(bindPod));
  expect(await until('never', isFinished)).toMatchObject({
    phase: 'Failed',
    reason: 'Rejected',
    message: expect.stringContaining('the node rejected the Pod (OutOfcpu): '),
  });
  expect(await until('again', ({ podUid, restarts }) => podUid !== undefined && restarts === 1)).toMatchObject({
    phase: 'Pending',
  });
});

/** Runs until it gets SIGTERM. */
function stopsWith(exitCode: number): string[] {
  return ['sh', '-c', `trap 'exit ${String(exitCode)}' TERM; while :; do sleep 0.1; done`];
}

async function deletePod(name: string): Promise<void> {
  await cluster.request({ method: 'DELETE', path: podPath(name) });
}

async function evictPod(name: string): Promise<void> {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  await cluster.request({ method: 'POST', path: `${podPath(name)}/eviction`, body });
}

/** As a scheduler does whose view of the node is old. */
async function bindPod(name: string): Promise<void> {
  const { items } = await cluster.request<{
    readonly items: readonly { readonly metadata: { readonly name: string } }[];
  }>({
    method: 'GET',
    path: '/api/v1/nodes',
  });
  const target = { apiVersion: 'v1', kind: 'Node', name: items[0]?.metadata.name };
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
  await cluster.request({ method: 'POST', path: `${podPath(name)}/binding`, body });
}

function podPath(name: string): string {
  return pathOf({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } });
}

async function apply(name: string, spec: Omit<NeuroJobSpec, 'image'>): Promise<void> {
  const metadata = { namespace, name };
  const { code, stderr } = await cluster.apply('admin', {
    apiVersion: 'neu.ro/v1',
    kind: 'NeuroJob',
    metadata,
    spec: { image: 'busybox:1', ...spec },
  });
  expect([code, stderr]).toEqual([0, '']);
}

type Status = NonNullable<NeuroJob['status']>;

function isFinished({ finishTime }: Status): boolean {
  return finishTime !== undefined;
}

async function until(name: string, isSo: (status: Status) => boolean): Promise<Status> {
  const path = pathOf({ apiVersion: 'neu.ro/v1', kind: 'NeuroJob', metadata: { namespace, name } });
  const look = async (): Promise<Status> => (await cluster.request<NeuroJob>({ method: 'GET', path })).status ?? {};
  return eventually(look, isSo, `the job '${name}' is as it should be`);
}
