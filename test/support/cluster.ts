/**
 * The real cluster that tests share: one for each process, started when the first test asks and ended with the worker;
 * or the one that `NEURO_TEST_KUBECONFIG` names.
 *
 * Promise: `testCluster()` resolves with the CRDs in force. Tests keep apart by namespaces of their own
 * (`makeNamespace`), not by clusters.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { findCluster, startCluster, type DevCluster } from '../../tools/devcluster/index.ts';
import { loadAccess, Transport, type TransportRequest, undiciHttp } from '../../src/kernel/index.ts';
import { progress } from './built-tool.ts';
import { createAsKubectl } from './create-as-kubectl.ts';
import { eventually } from './until.ts';

const CRDS = fileURLToPath(new URL('../../crds/', import.meta.url));
const ourCrds = ['usersecrets.neu.ro', 'secretgrants.neu.ro', 'neurojobs.neu.ro', 'neuroschedules.neu.ro'];
/** From the making of a CRD to its being served; a busy API server takes its time. */
const servedWithinMs = 60_000;

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestCluster {
  readonly cluster: DevCluster;
  /** Runs kubectl as that user (`admin`, `alice`, `bob`, or who was added to the cluster); `input` becomes its standard input. */
  kubectl(user: string, args: readonly string[], input?: string): Promise<KubectlResult>;
  /** `kubectl apply -f -` of objects given as data; what it prints is there only when something fails. */
  apply(user: string, ...objects: readonly unknown[]): Promise<KubectlResult>;
  /** One request as the administrator; resolves with the parsed JSON of a 2xx answer, throws a `KernelError`. */
  request<T>(request: TransportRequest): Promise<T>;
  /** Makes a namespace with a name that no other test has; resolves with the name. */
  makeNamespace(prefix: string, annotations?: Readonly<Record<string, string>>): Promise<string>;
}

let started: Promise<DevCluster> | undefined;

export async function testCluster(): Promise<TestCluster> {
  return testClusterOf(await (started ??= start()));
}

/** The same of a cluster that a test has started for itself, and ends. */
export async function testClusterOf(cluster: DevCluster): Promise<TestCluster> {
  const transport = new Transport({
    access: await loadAccess({ kubeconfig: cluster.kubeconfigPath('admin') }),
    http: undiciHttp,
    userAgent: 'neuro-tests',
  });
  const kubectl: TestCluster['kubectl'] = (user, args, input) => runKubectl(cluster, user, args, input);
  const test: TestCluster = {
    cluster,
    kubectl,
    apply: async (user, ...objects) => {
      const left = [...objects];
      while (left.length > 0 && (await createAsKubectl(cluster.kubeconfigPath(user), left[0]))) left.shift();
      if (left.length === 0) return { code: 0, stdout: '', stderr: '' };
      return kubectl(user, ['apply', '-f', '-'], left.map((object) => JSON.stringify(object)).join('\n---\n'));
    },
    request: <T>(request: TransportRequest) => transport.request(request) as Promise<T>,
    makeNamespace: async (prefix, annotations = {}) => {
      const name = `${prefix}-${randomBytes(4).toString('hex')}`;
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
      await transport.request({ method: 'POST', path: '/api/v1/namespaces', body });
      return name;
    },
  };
  return test;
}

/** Puts the CRDs in force and waits until the API server serves them. */
export async function applyCrds(cluster: DevCluster): Promise<void> {
  const args = ['apply', '--server-side', '--force-conflicts', '-f', CRDS];
  const result = await runKubectl(cluster, 'admin', args);
  if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${result.stderr}`);
  await untilServed(cluster, ourCrds);
}

/**
 * Until the API server serves the kinds of these CRDs (`usersecrets.neu.ro`). One that was just made has no conditions yet, which `kubectl wait`
 * takes for an error; and discovery hears of it later than it says that it is established.
 */
export async function untilServed(cluster: DevCluster, crds: readonly string[]): Promise<void> {
  const isEstablished = ['wait', '--for=condition=Established', '--timeout=30s', ...crds.map((name) => `crd/${name}`)];
  await eventually(
    async () => {
      const established = await runKubectl(cluster, 'admin', isEstablished);
      return established.code === 0 ? runKubectl(cluster, 'admin', ['get', crds.join(','), '-A']) : established;
    },
    ({ code }) => code === 0,
    `the API server serves ${crds.join(', ')}`,
    servedWithinMs,
  );
}

async function start(): Promise<DevCluster> {
  const name = `test-${process.pid}`;
  const cluster = (await findCluster(name)) ?? (await startCluster({ name, node: false, onProgress: progress }));
  await applyCrds(cluster);
  return cluster;
}

function runKubectl(cluster: DevCluster, user: string, args: readonly string[], input = ''): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(cluster.kubectlPath, ['--kubeconfig', cluster.kubeconfigPath(user), ...args]);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
    // It may end before it has read its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
