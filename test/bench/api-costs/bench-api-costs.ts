/**
 * What one write costs the API server, in processor time: making an object of each kind and writing its status, beside a small CRD
 * with the same status, and an access review. What the operator can reach is bounded by this, whatever it does itself.
 *
 * The client logs in with a token of a service account, as the operator does in a cluster; a client certificate costs more at every
 * request. Kinds take turns in an order that changes every round, and the middle round counts, so that both sides of a ratio meet the
 * same machine.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { clusterFolder, recordedProcesses } from '../../../tools/devcluster/state/cluster-folder.ts';
import { startCluster, type DevCluster } from '../../../tools/devcluster/index.ts';
import { testClusterOf, untilServed, type TestCluster } from '../../support/cluster.ts';
import { serviceAccountKubeconfig } from '../../support/service-account.ts';
import { bareClient, inParallel, type BareClient } from '../operator/bare-client.ts';
import { machineFacts } from '../operator/report.ts';
import { median } from '../operator/percentile.ts';
import { readCrds, samples, smallTwin, type Sample } from './kinds.ts';
import { cpuMsOf } from '../process-readings.ts';

interface ApiCostsOptions {
  /** How many writes of each kind in a round. */
  readonly count: number;
  readonly rounds: number;
  /** A folder with other CRDs of the same kinds, measured beside ours. */
  readonly before: string | undefined;
}

const ours = fileURLToPath(new URL('../../../crds', import.meta.url));
const policies = fileURLToPath(new URL('../../../manifests/admission.yaml', import.meta.url));
const operatorNamespace = 'neuro-system';
const namespace = 'bench';
/** More would wait in the client and say nothing about the server. */
const concurrency = 8;
const idleMs = 3_000;
/** At most so many times the processor time of the small CRD. */
const target = 1.5;

type Variant = 'ours' | 'small' | 'before';
const groups: Readonly<Record<Variant, string>> = { ours: 'neu.ro', small: 'small.neu.ro', before: 'before.neu.ro' };

/** One row of the result; the milliseconds of its rounds by variant. */
interface Measured {
  readonly what: string;
  readonly write: string;
  readonly ms: Map<Variant, number[]>;
}

export async function benchApiCosts({ count, rounds, before }: ApiCostsOptions): Promise<void> {
  const machine = machineFacts();
  const name = `bench-api-costs-${String(process.pid)}`;
  const cluster = await startCluster({ name, node: false, onProgress: progress });
  const folder = await mkdtemp(join(tmpdir(), 'neuro-api-costs-'));
  try {
    const test = await testClusterOf(cluster);
    await install(test, cluster, before);
    const client = await bareClient(await tokenKubeconfig(test, folder));
    try {
      const pid = recordedProcesses(clusterFolder(name)).get('kube-apiserver')?.pid;
      if (pid === undefined)
        throw new Error('the API server is not a process of this machine; its processor time cannot be read');
      const measured = await measure(client, () => cpuMsOf(pid), { count, rounds, before });
      process.stdout.write(`${Object.values(machine).join(', ')}\n${tableOf(measured, before !== undefined)}\n`);
    } finally {
      await client.close();
    }
  } finally {
    await cluster.down();
    await rm(folder, { recursive: true, force: true });
  }
}

async function install(test: TestCluster, cluster: DevCluster, before: string | undefined): Promise<void> {
  const crds = await readCrds(ours);
  const all = [
    ...crds,
    ...crds.map((crd) => smallTwin(crd, groups.small)),
    ...(before === undefined ? [] : await readCrds(before, groups.before)),
  ];
  const applied = await test.kubectl('admin', ['apply', '--server-side', '-f', '-'], listOf(all));
  if (applied.code !== 0) throw new Error(applied.stderr);
  const served = before === undefined ? [groups.ours, groups.small] : Object.values(groups);
  await untilServed(
    cluster,
    served.flatMap((group) => crds.map(({ spec }) => `${spec.names.plural}.${group}`)),
  );
  for (const args of [
    ['create', 'namespace', namespace],
    ['create', 'namespace', operatorNamespace],
    ['create', 'serviceaccount', 'neuro-operator', '-n', operatorNamespace],
    [
      'create',
      'clusterrolebinding',
      'bench',
      '--clusterrole=cluster-admin',
      `--serviceaccount=${operatorNamespace}:neuro-operator`,
    ],
    ['apply', '-f', policies],
  ]) {
    const { code, stderr } = await test.kubectl('admin', args);
    if (code !== 0) throw new Error(stderr);
  }
}

function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** A kubeconfig of the operator's service account. Its token ends with the cluster. */
async function tokenKubeconfig(test: TestCluster, folder: string): Promise<string> {
  const path = join(folder, 'kubeconfig');
  const account = { namespace: operatorNamespace, name: 'neuro-operator' };
  await writeFile(path, await serviceAccountKubeconfig(test, account), { mode: 0o600 });
  return path;
}

async function measure(
  client: BareClient,
  readCpuMs: () => number,
  { count, rounds, before }: ApiCostsOptions,
): Promise<readonly Measured[]> {
  const variants: readonly Variant[] = before === undefined ? ['ours', 'small'] : ['ours', 'small', 'before'];
  const measured = new Map<string, Measured>();
  const note = (what: string, write: string, variant: Variant, ms: number): void => {
    const key = `${what} ${write}`;
    const row = measured.get(key) ?? { what, write, ms: new Map<Variant, number[]>() };
    row.ms.set(variant, [...(row.ms.get(variant) ?? []), ms]);
    measured.set(key, row);
  };
  // Compiled rules, caches, and connections are there before anything counts.
  for (const variant of variants)
    for (const [index, sample] of samples.entries())
      await writesOf(client, variant, sample, `warm-${String(index)}`, 20, readCpuMs, 0);
  for (let round = 0; round < rounds; round++) {
    const idlePerMs = await idleRate(readCpuMs);
    const turns = variants.flatMap((variant) => samples.map((sample, index) => ({ variant, sample, index })));
    for (const { variant, sample, index } of shuffled(turns)) {
      const prefix = `r${String(round)}-${String(index)}`;
      const { postMs, patchMs } = await writesOf(client, variant, sample, prefix, count, readCpuMs, idlePerMs);
      note(sample.name, 'POST', variant, postMs);
      note(sample.name, 'PATCH status', variant, patchMs);
    }
    const review = await costOf(readCpuMs, idlePerMs, count, (index) => client.send(accessReview(index)));
    note('SubjectAccessReview', 'POST', 'ours', review);
    progress(`round ${String(round + 1)} of ${String(rounds)} is over`);
  }
  return [...measured.values()];
}

async function writesOf(
  client: BareClient,
  variant: Variant,
  { kind, plural, spec, status }: Sample,
  prefix: string,
  count: number,
  readCpuMs: () => number,
  idlePerMs: number,
): Promise<{ readonly postMs: number; readonly patchMs: number }> {
  const apiVersion = `${groups[variant]}/v1`;
  const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
  const nameOf = (index: number): string => `${prefix}-${String(index)}`;
  const content = variant === 'small' ? { text: JSON.stringify(spec) } : spec;
  const postMs = await costOf(readCpuMs, idlePerMs, count, (index) =>
    client.send({ method: 'POST', path, body: { apiVersion, kind, metadata: { name: nameOf(index) }, spec: content } }),
  );
  const patchMs = await costOf(readCpuMs, idlePerMs, count, (index) =>
    client.send({
      method: 'PATCH',
      path: `${path}/${nameOf(index)}/status?fieldManager=neuro-operator`,
      contentType: 'application/merge-patch+json',
      body: { status },
    }),
  );
  return { postMs, patchMs };
}

/** Milliseconds of the server's processor time for one of `count` writes. */
async function costOf(
  readCpuMs: () => number,
  idlePerMs: number,
  count: number,
  write: (index: number) => Promise<unknown>,
): Promise<number> {
  const beforeMs = readCpuMs();
  const tookMs = await inParallel(count, write, concurrency);
  return (readCpuMs() - beforeMs - idlePerMs * tookMs) / count;
}

/** What it takes while nobody asks for anything, for each millisecond. */
async function idleRate(readCpuMs: () => number): Promise<number> {
  const beforeMs = readCpuMs();
  const startMs = performance.now();
  await pause(idleMs);
  return (readCpuMs() - beforeMs) / (performance.now() - startMs);
}

function accessReview(index: number): Parameters<BareClient['send']>[0] {
  return {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${namespace}:default`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
        resourceAttributes: {
          group: 'neu.ro',
          resource: 'usersecrets',
          verb: 'use',
          namespace: 'alice',
          name: `s-${String(index)}`,
        },
      },
    },
  };
}

function tableOf(measured: readonly Measured[], hasBefore: boolean): string {
  const head = [
    'kind',
    'write',
    'ms',
    ...(hasBefore ? ['before'] : []),
    'small CRD',
    'ratio',
    `at most ${String(target)}`,
  ];
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
  });
  for (const { what, write, ms } of measured) {
    const middle = (variant: Variant): number => median(ms.get(variant) ?? []);
    const figure = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(2));
    const ratio = middle('ours') / middle('small');
    const verdict = Number.isNaN(ratio) ? '' : ratio <= target ? 'yes' : 'no';
    table.push([
      what,
      write,
      figure(middle('ours')),
      ...(hasBefore ? [figure(middle('before'))] : []),
      figure(middle('small')),
      figure(ratio),
      verdict,
    ]);
  }
  return table.toString();
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  const left = [...items];
  return items
    .map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0])
    .filter((item) => item !== undefined);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
