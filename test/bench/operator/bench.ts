/**
 * What every part of the benchmark gets: a cluster of its own, so that nothing of one part is under way in the next, with the CRDs,
 * the sealing keys made, and the operator stopped.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { startCluster, type DevCluster } from '../../../tools/devcluster/index.ts';
import { chooseSealingKey, parsePublicKeys, type PublishedKey } from '../../../src/sealing/index.ts';
import { applyCrds } from '../../support/cluster.ts';
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

const operatorNamespace = 'neuro-system';
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
  const kubeconfig = cluster.kubeconfigPath('admin');
  const client = await bareClient(kubeconfig);
  try {
    await applyCrds(cluster);
    const makeNamespace: Bench['makeNamespace'] = async (name, annotations = {}) => {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
      await client.send({ method: 'POST', path: '/api/v1/namespaces', body });
    };
    const start = async (nodeOptions: readonly string[]): Promise<RunningOperator> => {
      const operator = await startOperator({ kubeconfig, nodeOptions });
      operators.add(operator);
      return { ...operator, stop: () => operator.stop().finally(() => operators.delete(operator)) };
    };
    await makeNamespace(operatorNamespace);
    const first = await start([]);
    const sealingKey = await publishedKey(client);
    await first.stop();
    await work({
      client,
      kubeconfig,
      sealingKey,
      count: (full) => (options.isQuick ? Math.ceil(full / 10) : full),
      startOperator: () => start([...(options.nodeOptions ?? []), ...profileOptions(options.cpuProfileFolder)]),
      makeNamespace,
      row: onRow,
      progress,
    });
  } finally {
    await Promise.allSettled([...operators].map((operator) => operator.stop()));
    await client.close();
    await down(cluster);
  }
}

async function down(cluster: DevCluster): Promise<void> {
  await cluster.down();
}

/** Both pairs are made: RSA takes seconds of processor time that no measurement should see. */
async function publishedKey(client: BareClient): Promise<PublishedKey> {
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
