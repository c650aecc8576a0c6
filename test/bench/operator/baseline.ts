/**
 * What the bare client reaches with the same two writes that the operator makes for a UserSecret: the native Secret and the
 * status. The bodies are the operator's own, read back from an object that it made, under other names.
 */
import { API_VERSION } from '../../../src/api/index.ts';
import { userSecretType, secretType } from '../../../src/controllers/resources.ts';
import { readApiServer } from './api-server.ts';
import { inParallel, type Write } from './bare-client.ts';
import type { Bench } from './bench.ts';
import { hasCondition, openWatch, untilAll } from './object-watch.ts';
import { createAll, createWrite, prepareSecret, prepareSecrets, type SourceForm } from './user-secrets.ts';

interface Template {
  readonly secret: SecretBody;
  readonly status: unknown;
}

interface SecretBody {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly ownerReferences: readonly object[] };
}

/** Lets a running operator make one, and takes it for the example. */
export async function takeTemplate(bench: Bench, form: SourceForm): Promise<Template> {
  const namespace = `template-${form}`;
  await bench.makeNamespace(namespace);
  const operator = await bench.startOperator();
  const watch = await openWatch(bench.kubeconfig, userSecretType, { namespace });
  try {
    const ready = watch.until('the template', ({ object }) => hasCondition(object, 'Ready'));
    await bench.client.send(createWrite(await prepareSecret(bench, namespace, 'template', form)));
    await ready;
  } finally {
    await watch.close();
    await operator.stop();
  }
  const secret = await bench.client.send<SecretBody>({
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/${secretType.plural}/template`,
  });
  const { status } = await bench.client.send<{ status: unknown }>({
    method: 'GET',
    path: `/apis/${API_VERSION}/namespaces/${namespace}/usersecrets/template`,
  });
  const { labels, annotations, ownerReferences } = secret.metadata;
  return {
    secret: { type: secret.type, data: secret.data, metadata: { labels, annotations, ownerReferences } },
    status,
  };
}

export function templateWrites(
  template: Template,
  { namespace, name, uid }: { readonly namespace: string; readonly name: string; readonly uid: string },
): readonly [secret: Write, status: Write] {
  const ownerReferences = template.secret.metadata.ownerReferences.map((reference) => ({ ...reference, name, uid }));
  const metadata = { ...template.secret.metadata, namespace, name, ownerReferences };
  const query = '?fieldManager=bare';
  return [
    {
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/secrets${query}`,
      body: { apiVersion: 'v1', kind: 'Secret', ...template.secret, metadata },
    },
    {
      method: 'PATCH',
      path: `/apis/${API_VERSION}/namespaces/${namespace}/usersecrets/${name}/status${query}`,
      contentType: 'application/merge-patch+json',
      body: { status: template.status },
    },
  ];
}

export interface Baseline {
  /** Objects a second when only the Secret and the status are written. */
  readonly twoWritesPerSecond: number;
  /** The same when the UserSecret is created too. */
  readonly threeWritesPerSecond: number;
  /** Processor time that the two writes of one object take. */
  readonly clientCpuMsEach: number;
  readonly apiServerCpuMsEach: number;
}

let runs = 0;

/** With no operator running, and seen by the same watch as an operator's work. Leaves nothing that one would find. */
export async function measureBaseline(
  bench: Bench,
  template: Template,
  form: SourceForm,
  count: number,
): Promise<Baseline> {
  runs += 1;
  const prefix = `bare-${String(runs)}`;
  const { client } = bench;
  const secrets = await prepareSecrets(bench, prefix, count, form);
  const createMs = await createAll(bench, secrets);
  const uids = await uidsOf(bench);
  const watch = await openWatch(bench.kubeconfig, userSecretType, { metadataOnly: true });
  const seen = untilAll(watch, 'statuses', count, ({ type }, key) => type === 'MODIFIED' && uids.has(key));
  const apiServerBefore = await readApiServer(client);
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  await inParallel(count, async (index) => {
    const secret = secrets[index];
    if (secret === undefined) return;
    const uid = uids.get(`${secret.namespace}/${secret.name}`) ?? '';
    for (const write of templateWrites(template, { ...secret, uid })) await client.send(write);
  });
  const writeMs = (await seen) - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  await watch.close();
  const apiServerAfter = await readApiServer(client);
  for (const namespace of new Set(secrets.map((secret) => secret.namespace))) {
    for (const path of [
      `/api/v1/namespaces/${namespace}/secrets`,
      `/apis/${API_VERSION}/namespaces/${namespace}/usersecrets`,
    ])
      await client.send({ method: 'DELETE', path });
  }
  return {
    twoWritesPerSecond: (count * 1000) / writeMs,
    threeWritesPerSecond: (count * 1000) / (createMs + writeMs),
    clientCpuMsEach: (user + system) / 1000 / count,
    apiServerCpuMsEach: ((apiServerAfter.cpuSeconds - apiServerBefore.cpuSeconds) * 1000) / count,
  };
}

async function uidsOf({ client }: Bench): Promise<ReadonlyMap<string, string>> {
  const { items } = await client.send<{ items: { metadata: { namespace: string; name: string; uid: string } }[] }>({
    method: 'GET',
    path: `/apis/${API_VERSION}/usersecrets`,
    accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  });
  return new Map(items.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.uid]));
}

export function meanOf(baselines: readonly Baseline[]): Baseline {
  const mean = (of: (baseline: Baseline) => number): number =>
    baselines.reduce((total, baseline) => total + of(baseline), 0) / baselines.length;
  return {
    twoWritesPerSecond: mean((baseline) => baseline.twoWritesPerSecond),
    threeWritesPerSecond: mean((baseline) => baseline.threeWritesPerSecond),
    clientCpuMsEach: mean((baseline) => baseline.clientCpuMsEach),
    apiServerCpuMsEach: mean((baseline) => baseline.apiServerCpuMsEach),
  };
}

/** How far the machine's own speed moved between the first and the last measurement, such as `+3%`. */
export function driftOf(baselines: readonly Baseline[]): string {
  const [first, last] = [baselines[0], baselines.at(-1)];
  if (first === undefined || last === undefined) return '';
  const percent = Math.round((last.twoWritesPerSecond / first.twoWritesPerSecond - 1) * 100);
  return `bare client's drift ${percent >= 0 ? '+' : ''}${String(percent)}%`;
}
