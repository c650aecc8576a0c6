/**
 * What every part of the benchmark gets: a cluster of its own, so that nothing of one part is under way in the next, with the CRDs, the
 * operator's rights and policies, the sealing keys made, and the operator stopped. The operator and the bare client log in with tokens
 * of service accounts, as in a cluster: a client certificate costs the API server more at every request.
 */
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startCluster } from '../../../tools/devcluster/index.ts';
import { chooseSealingKey, parsePublicKeys, type PublishedKey } from '../../../src/sealing/index.ts';
import { applyCrds, testClusterOf, type TestCluster } from '../../support/cluster.ts';
import { installOperator, operatorNamespace } from '../../support/operator.ts';
import { serviceAccountKubeconfig } from '../../support/service-account.ts';
import { bareClient, type BareClient } from './bare-client.ts';
import { startOperator, type RunningOperator } from './operator-process.ts';
import type { Row } from './report.ts';

export interface BenchOptions {
  readonly isQuick: boolean;
  readonly cpuProfileFolder: string | undefined;
  /** Options of node, beside those of the image. */
  readonly nodeOptions: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

export interface Bench {
  readonly client: BareClient;
  readonly kubeconfig: string;
  /** Undefined where the cluster does not show its etcd. */
  readonly etcdEndpoint: string | undefined;
  /** The key that values are sealed for. */
  readonly sealingKey: PublishedKey;
  /** `full`, or a tenth of it in a quick run. */
  count(full: number): number;
  startOperator(): Promise<RunningOperator>;
  makeNamespace(name: string, annotations?: Readonly<Record<string, string>>): Promise<void>;
  /** Adds a line of the result, and shows it at once. */
  row(row: Row): void;
  progress(line: string): void;
}

const benchAccount = 'bench';
const keysTimeoutMs = 60_000;

export async function withBench(
  options: BenchOptions,
  onRow: (row: Row) => void,
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const { signal } = options;
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const cluster = await startCluster({ node: false, signal, onProgress: progress });
  const operators = new Set<RunningOperator>();
  const test = await testClusterOf(cluster);
  const folder = await mkdtemp(join(tmpdir(), 'neuro-bench-'));
  let client: BareClient | undefined;
  try {
    await applyCrds(cluster);
    await installOperator(test);
    const operatorKubeconfig = await kubeconfigOf(test, folder, 'neuro-operator');
    const kubeconfig = await benchKubeconfig(test, folder);
    client = await bareClient(kubeconfig);
    const bare = client;
    const makeNamespace: Bench['makeNamespace'] = async (name, annotations = {}) => {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
      await bare.send({ method: 'POST', path: '/api/v1/namespaces', body });
    };
    const start = async (nodeOptions: readonly string[]): Promise<RunningOperator> => {
      const operator = await startOperator({ kubeconfig: operatorKubeconfig, nodeOptions });
      operators.add(operator);
      return { ...operator, stop: () => operator.stop().finally(() => operators.delete(operator)) };
    };
    const first = await start([]);
    const sealingKey = await publishedKey(bare);
    await first.stop();
    await work({
      client: bare,
      kubeconfig,
      etcdEndpoint: cluster.etcdEndpoint,
      sealingKey,
      count: (full) => (options.isQuick ? Math.ceil(full / 10) : full),
      startOperator: () => start([...(options.nodeOptions ?? []), ...profileOptions(options.cpuProfileFolder)]),
      makeNamespace,
      row: onRow,
      progress,
    });
  } finally {
    await Promise.allSettled([...operators].map((operator) => operator.stop()));
    await client?.close();
    await cluster.down();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A kubeconfig of the benchmark itself, which may do everything, and logs in as Pods do. */
export async function benchKubeconfig(test: TestCluster, folder: string): Promise<string> {
  for (const args of [
    ['create', 'serviceaccount', benchAccount, '-n', operatorNamespace],
    [
      'create',
      'clusterrolebinding',
      benchAccount,
      '--clusterrole=cluster-admin',
      `--serviceaccount=${operatorNamespace}:${benchAccount}`,
    ],
  ]) {
    const { code, stderr } = await test.kubectl('admin', args);
    if (code !== 0) throw new Error(stderr);
  }
  return kubeconfigOf(test, folder, benchAccount);
}

/** Of a service account of the operator's namespace. The token ends with the cluster. */
export async function kubeconfigOf(test: TestCluster, folder: string, name: string): Promise<string> {
  const path = join(folder, `${name}.kubeconfig`);
  await writeFile(path, await serviceAccountKubeconfig(test, { namespace: operatorNamespace, name }), { mode: 0o600 });
  return path;
}

/** Both pairs are made: RSA takes seconds of processor time that no measurement should see. */
export async function publishedKey(client: BareClient): Promise<PublishedKey> {
  const path = `/api/v1/namespaces/${operatorNamespace}/configmaps/neuro-sealing-keys`;
  for (const startedMs = performance.now(); performance.now() - startedMs < keysTimeoutMs;) {
    const { data = {} } = await client
      .send<{ data?: Record<string, string> }>({ method: 'GET', path })
      .catch(() => ({ data: undefined }));
    const keys = data['keys.json'];
    if (keys !== undefined && data['cert.pem'] !== undefined) return chooseSealingKey(await parsePublicKeys(keys));
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the operator did not publish its sealing keys in time');
}

function profileOptions(folder: string | undefined): readonly string[] {
  if (folder === undefined) return [];
  mkdirSync(folder, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`];
}
