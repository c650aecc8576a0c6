/** NeuroJobs: 1,000 with two secrets each (one own, one of another's that was granted) until all Pods exist; one at a time at rest. */
import { API_VERSION, LABEL_MANAGED_BY, MANAGED_BY } from '../../../../src/api/index.ts';
import { podType, secretGrantType } from '../../../../src/controllers/resources.ts';
import { readApiServer, writesBetween } from '../api-server.ts';
import { inParallel } from '../bare-client.ts';
import type { Bench } from '../bench.ts';
import { makeNode } from '../bench-node.ts';
import { hasCondition, openWatch, untilAll, type ObjectWatch } from '../object-watch.ts';
import { percentile } from '../percentile.ts';
import { createAll, prepareSecrets } from '../user-secrets.ts';

const part = 'jobs';
const [owner, runner] = ['alice-0', 'bob-0'];
const restMs = 60;
const warmUps = 10;
/** After the last Pod: the last statuses are written by then. */
const quietMs = 5_000;

export async function benchJobs(bench: Bench): Promise<void> {
  const count = bench.count(1_000);
  const single = bench.count(200);
  await createAll(bench, await prepareSecrets(bench, 'alice', 10, 'plain'));
  await createAll(bench, await prepareSecrets(bench, 'bob', 10, 'plain'));
  const node = await makeNode(bench.client);
  const operator = await bench.startOperator();
  const labelSelector = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;
  const pods = await openWatch(bench.kubeconfig, podType, { namespace: runner, labelSelector, metadataOnly: true });
  try {
    await grant(bench);
    const latenciesMs = await oneByOne(bench, pods, single);
    const bareMs = await bareLatencies(bench, single);
    for (const percent of [50, 95, 99]) {
      bench.row({
        part,
        what: `create NeuroJob -> Pod, p${String(percent)} of ${String(single)}`,
        value: percentile(latenciesMs, percent),
        unit: 'ms',
        bare: percentile(bareMs, percent),
        ...(percent === 50 ? { target: { of: 'value', atMost: 15 } as const } : {}),
      });
    }
    const bare = await bareWrites(bench, count);
    const before = await readApiServer(bench.client);
    const cpuBefore = (await operator.read()).cpuSeconds;
    const all = untilAll(pods, 'Pods', count, ({ type }) => type === 'ADDED');
    const startMs = performance.now();
    await inParallel(count, (index) => createJob(bench, `many-${String(index)}`));
    const perSecond = (count * 1000) / ((await all) - startMs);
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    const writes = writesBetween(before, await readApiServer(bench.client));
    const { cpuSeconds } = await operator.read();
    const baseline = (bare + (await bareWrites(bench, count))) / 2;
    const row = {
      part,
      what: `${String(count)} NeuroJobs created while it runs -> all Pods`,
      value: perSecond,
      unit: '/s',
    };
    const target = { of: 'ratio', atLeast: 0.8 } as const;
    const note = `CPU each: operator ${(((cpuSeconds - cpuBefore) * 1000) / count).toFixed(1)} ms`;
    bench.row({ ...row, bare: baseline, target, note });
    reportWrites(bench, writes, count);
  } finally {
    await pods.close();
    await operator.stop();
    node.stop();
  }
}

/** The scheduler writes too (the binding, the Pod's status, Events); what the operator writes is of these kinds. */
function reportWrites(bench: Bench, writes: Readonly<Record<string, number>>, count: number): void {
  const ours = ['POST secrets', 'POST pods', 'PATCH neurojobs/status'];
  const mine = ours.reduce((sum, kind) => sum + (writes[kind] ?? 0), 0);
  bench.row({
    part,
    what: 'writes a job until its container would start',
    value: mine / count,
    unit: 'writes',
    target: { of: 'value', atMost: 3 },
    note: Object.entries(writes)
      .map(([kind, value]) => `${kind} ${(value / count).toFixed(2)}`)
      .join(', '),
  });
}

async function grant(bench: Bench): Promise<void> {
  const grants = await openWatch(bench.kubeconfig, secretGrantType, { namespace: owner });
  try {
    const active = grants.until('the grant in force', ({ object }) => hasCondition(object, 'Ready'));
    const metadata = { namespace: owner, name: 'to-bob' };
    const body = {
      apiVersion: API_VERSION,
      kind: 'SecretGrant',
      metadata,
      spec: { secret: 'secret-0', subject: { kind: 'Namespace', name: runner } },
    };
    await bench.client.send({ method: 'POST', path: `/apis/${API_VERSION}/namespaces/${owner}/secretgrants`, body });
    await active;
  } finally {
    await grants.close();
  }
}

async function oneByOne(bench: Bench, pods: ObjectWatch, count: number): Promise<readonly number[]> {
  const latenciesMs: number[] = [];
  for (let index = 0; index < count + warmUps; index += 1) {
    const seen = pods.until(`the Pod of job ${String(index)}`, ({ type }) => type === 'ADDED');
    const startMs = performance.now();
    await createJob(bench, `single-${String(index)}`);
    const tookMs = (await seen) - startMs;
    if (index >= warmUps) latenciesMs.push(tookMs);
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
  return latenciesMs;
}

function createJob({ client }: Bench, name: string): Promise<unknown> {
  const env = [
    { name: 'OWN', fromSecret: { name: 'secret-0' } },
    { name: 'FOREIGN', fromSecret: { name: 'secret-0', namespace: owner } },
  ];
  const spec = { image: 'busybox', command: ['sleep', '1'], env, scheduleTimeout: '1h' };
  const body = { apiVersion: API_VERSION, kind: 'NeuroJob', metadata: { namespace: runner, name }, spec };
  return client.send({ method: 'POST', path: `/apis/${API_VERSION}/namespaces/${runner}/neurojobs`, body });
}

let bareRuns = 0;

/**
 * Jobs a second when the bare client makes the same four writes of each: an object of its own, the snapshot, the Pod, and the
 * status. The object is a ConfigMap as large as the job, so that no operator makes Pods of it.
 */
async function bareWrites(bench: Bench, count: number): Promise<number> {
  const { namespace, example } = await bareScene(bench);
  const tookMs = await inParallel(count, async (index) => {
    const name = `bare-${String(index)}`;
    await barePod(bench, example, namespace, name);
    await bench.client.send({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
      contentType: 'application/merge-patch+json',
      body: { data: { status: JSON.stringify(example.jobStatus) } },
    });
  });
  return (count * 1000) / tookMs;
}

/** How long the three writes up to the Pod take one after the other, on a cluster at rest. */
async function bareLatencies(bench: Bench, count: number): Promise<readonly number[]> {
  const { namespace, example } = await bareScene(bench);
  const latenciesMs: number[] = [];
  for (let index = 0; index < count + warmUps; index += 1) {
    const startMs = performance.now();
    await barePod(bench, example, namespace, `single-${String(index)}`);
    if (index >= warmUps) latenciesMs.push(performance.now() - startMs);
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
  return latenciesMs;
}

async function bareScene(bench: Bench): Promise<{ readonly namespace: string; readonly example: Example }> {
  bareRuns += 1;
  const namespace = `bare-${String(bareRuns)}`;
  await bench.makeNamespace(namespace);
  return { namespace, example: await exampleOf(bench) };
}

async function barePod({ client }: Bench, example: Example, namespace: string, name: string): Promise<void> {
  const metadata = { namespace, name };
  const job = await client.send<{ metadata: { uid: string } }>({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { spec: JSON.stringify(example.jobSpec) } },
  });
  const owned = {
    ...metadata,
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid: job.metadata.uid, controller: true }],
  };
  for (const [plural, object] of [
    ['secrets', example.secret],
    ['pods', example.pod],
  ] as const) {
    const path = `/api/v1/namespaces/${namespace}/${plural}`;
    await client.send({ method: 'POST', path, body: { ...object, metadata: owned } });
  }
}

interface Example {
  readonly jobSpec: unknown;
  readonly jobStatus: unknown;
  readonly secret: object;
  readonly pod: object;
}

/** What the operator made for the first job, without what the API server added. */
async function exampleOf({ client }: Bench): Promise<Example> {
  const get = <T>(path: string): Promise<T> => client.send<T>({ method: 'GET', path });
  const job = await get<{ spec: unknown; status: { podName: string } }>(
    `/apis/${API_VERSION}/namespaces/${runner}/neurojobs/single-0`,
  );
  const pod = await get<{ spec: { containers: { env?: { valueFrom?: { secretKeyRef?: { name: string } } }[] }[] } }>(
    `/api/v1/namespaces/${runner}/pods/${job.status.podName}`,
  );
  const secretName = pod.spec.containers
    .flatMap(({ env = [] }) => env)
    .map(({ valueFrom }) => valueFrom?.secretKeyRef?.name)
    .find((name) => name !== undefined);
  const secret = await get<{ data: object; type: string; immutable: boolean }>(
    `/api/v1/namespaces/${runner}/secrets/${secretName ?? ''}`,
  );
  return {
    jobSpec: job.spec,
    jobStatus: job.status,
    secret: { apiVersion: 'v1', kind: 'Secret', type: secret.type, immutable: secret.immutable, data: secret.data },
    pod: { apiVersion: 'v1', kind: 'Pod', spec: pod.spec },
  };
}
