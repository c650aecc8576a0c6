/** NeuroJobs: 1,000 with two secrets each (one own, one of another's that was granted) until all Pods exist; one at a time at rest. */
import { API_VERSION, LABEL_MANAGED_BY, MANAGED_BY } from '../../../../src/api/index.ts';
import { neuroJobType, podType, secretGrantType } from '../../../../src/controllers/resources.ts';
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
/** What the former part of a run leaves to be written is written by then. */
const quietMs = 7_000;
const few = 20;
/** A container of an image that is there has started by then. */
const startMs = 2_000;

export async function benchJobs(bench: Bench): Promise<void> {
  const count = bench.count(1_000);
  const single = bench.count(200);
  await createAll(bench, await prepareSecrets(bench, 'alice', 10, 'plain'));
  await createAll(bench, await prepareSecrets(bench, 'bob', 10, 'plain'));
  const node = await makeNode(bench.client);
  try {
    const example = await takeExample(bench);
    const bareMs = await bareLatencies(bench, example, single);
    // The first time is the API server's and this process's warm-up.
    await bareWrites(bench, example, count, { statuses: 1, events: 1 });
    const perSecond = await withOperator(bench, bareMs, count, single);
    const bare = await bareWrites(bench, example, count, perSecond.each);
    bench.row({
      part,
      what: `${String(count)} NeuroJobs created while it runs -> all Pods`,
      value: perSecond.value,
      unit: '/s',
      bare,
      target: { of: 'ratio', atLeast: 0.8 },
      note: perSecond.note,
    });
  } finally {
    node.stop();
  }
}

async function withOperator(
  bench: Bench,
  bareMs: readonly number[],
  count: number,
  single: number,
): Promise<{ readonly value: number; readonly each: WritesBeside; readonly note: string }> {
  const operator = await bench.startOperator();
  const labelSelector = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;
  const pods = await openWatch(bench.kubeconfig, podType, { namespace: runner, labelSelector, metadataOnly: true });
  try {
    const latenciesMs = await oneByOne(bench, pods, single);
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
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    await writesOfAFew(bench, pods);
    const { cpuSeconds: cpuBefore } = await operator.read();
    const before = await readApiServer(bench.client);
    const all = untilAll(pods, 'Pods', count, ({ type }) => type === 'ADDED');
    const sinceMs = performance.now();
    await inParallel(count, (index) => createJob(bench, `many-${String(index)}`));
    const value = (count * 1000) / ((await all) - sinceMs);
    const cpuMsEach = (((await operator.read()).cpuSeconds - cpuBefore) * 1000) / count;
    const writes = writesBetween(before, await readApiServer(bench.client));
    const each = {
      statuses: (writes['PATCH neurojobs/status'] ?? 0) / count,
      events: (writes['POST events'] ?? 0) / count,
    };
    const beside = `statuses ${each.statuses.toFixed(2)}, Events ${each.events.toFixed(2)}`;
    return { value, each, note: `CPU each: operator ${cpuMsEach.toFixed(1)} ms; until the last Pod, each: ${beside}` };
  } finally {
    await pods.close();
    await operator.stop();
  }
}

/** Jobs that are all there in a moment, as their containers would be on a node that has the image. */
async function writesOfAFew(bench: Bench, pods: ObjectWatch): Promise<void> {
  const before = await readApiServer(bench.client);
  const all = untilAll(pods, 'Pods of a few', few, ({ type }) => type === 'ADDED');
  await inParallel(few, (index) => createJob(bench, `few-${String(index)}`));
  await all;
  await new Promise((resolve) => setTimeout(resolve, startMs));
  reportWrites(bench, writesBetween(before, await readApiServer(bench.client)), few);
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
  return client.send({ method: 'POST', path: jobsPath(runner), body });
}

let bareRuns = 0;

/** What is written of a job beside the job, its snapshot and its Pod, on the average. */
interface WritesBeside {
  readonly statuses: number;
  readonly events: number;
}

/**
 * Jobs a second when the bare client makes the same writes: the job, the snapshot, the Pod, and as many statuses and Events as were
 * written while the operator worked. Seen by the same watch as the operator's work.
 */
async function bareWrites(bench: Bench, example: Example, count: number, each: WritesBeside): Promise<number> {
  return inBareNamespace(bench, async (namespace) => {
    const pods = await openWatch(bench.kubeconfig, podType, { namespace, metadataOnly: true });
    const all = untilAll(pods, 'Pods of the bare client', count, ({ type }) => type === 'ADDED');
    const sinceMs = performance.now();
    await inParallel(count, async (index) => {
      const name = `bare-${String(index)}`;
      await barePod(bench, example, namespace, name);
      for (let which = 0; which < share(each.statuses, index); which += 1)
        await bench.client.send({
          method: 'PATCH',
          path: `${jobsPath(namespace)}/${name}/status`,
          contentType: 'application/merge-patch+json',
          body: { status: { ...example.jobStatus, message: `status ${String(which)}` } },
        });
      for (let which = 0; which < share(each.events, index); which += 1) await bareEvent(bench, namespace, name);
    });
    const tookMs = (await all) - sinceMs;
    await pods.close();
    return (count * 1000) / tookMs;
  });
}

/** Of so many on the average, what falls on the one of that index. */
const share = (average: number, index: number): number =>
  Math.floor(average * (index + 1)) - Math.floor(average * index);

async function bareEvent({ client }: Bench, namespace: string, name: string): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, generateName: `${name}.` },
    involvedObject: { apiVersion: API_VERSION, kind: 'NeuroJob', namespace, name },
    type: 'Normal',
    reason: 'Scheduling',
    message: 'the Pod is made',
    source: { component: 'bare' },
  };
  await client.send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/events`, body });
}

/** How long the three writes up to the Pod take one after the other, on a cluster at rest. */
async function bareLatencies(bench: Bench, example: Example, count: number): Promise<readonly number[]> {
  return inBareNamespace(bench, async (namespace) => {
    const latenciesMs: number[] = [];
    for (let index = 0; index < count + warmUps; index += 1) {
      const sinceMs = performance.now();
      await barePod(bench, example, namespace, `single-${String(index)}`);
      if (index >= warmUps) latenciesMs.push(performance.now() - sinceMs);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
    return latenciesMs;
  });
}

/** With no operator running. Leaves nothing that one would find. */
async function inBareNamespace<T>(bench: Bench, work: (namespace: string) => Promise<T>): Promise<T> {
  bareRuns += 1;
  const namespace = `bare-${String(bareRuns)}`;
  await bench.makeNamespace(namespace);
  const result = await work(namespace);
  for (const path of [
    jobsPath(namespace),
    `/api/v1/namespaces/${namespace}/secrets`,
    `/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=0`,
  ])
    await bench.client.send({ method: 'DELETE', path });
  return result;
}

const jobsPath = (namespace: string): string => `/apis/${API_VERSION}/namespaces/${namespace}/neurojobs`;

async function barePod({ client }: Bench, example: Example, namespace: string, name: string): Promise<void> {
  const metadata = { namespace, name };
  const job = await client.send<{ metadata: { uid: string } }>({
    method: 'POST',
    path: jobsPath(namespace),
    body: { apiVersion: API_VERSION, kind: 'NeuroJob', metadata, spec: example.jobSpec },
  });
  const owned = {
    ...metadata,
    ownerReferences: [{ apiVersion: API_VERSION, kind: 'NeuroJob', name, uid: job.metadata.uid, controller: true }],
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
  readonly jobStatus: object;
  readonly secret: object;
  readonly pod: object;
}

/** Lets a running operator make one, and takes what it made, without what the API server added. */
async function takeExample(bench: Bench): Promise<Example> {
  const operator = await bench.startOperator();
  const pods = await openWatch(bench.kubeconfig, podType, { namespace: runner, metadataOnly: true });
  const jobs = await openWatch(bench.kubeconfig, neuroJobType, { namespace: runner });
  try {
    await grant(bench);
    const made = pods.until('the Pod of the example', ({ type }) => type === 'ADDED');
    const told = jobs.until('its status', ({ object }) => 'podName' in ((object as { status?: object }).status ?? {}));
    await createJob(bench, 'example');
    await made;
    await told;
    return await exampleOf(bench);
  } finally {
    await jobs.close();
    await pods.close();
    await operator.stop();
  }
}

async function exampleOf({ client }: Bench): Promise<Example> {
  const get = <T>(path: string): Promise<T> => client.send<T>({ method: 'GET', path });
  const job = await get<{ spec: unknown; status: object & { podName: string } }>(
    `/apis/${API_VERSION}/namespaces/${runner}/neurojobs/example`,
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
