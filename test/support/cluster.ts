/**
 * The real cluster that tests share: one for each process, started when the first test asks and ended with the worker;
 * or the one that `NEURO_TEST_KUBECONFIG` names.
 *
 * Promise: `testCluster()` resolves with the CRDs in force. Tests keep apart by namespaces of their own
 * (`makeNamespace`), not by clusters.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { findCluster, startCluster, type DevCluster } from '../../tools/devcluster/index.ts';
import { isKernelError, type Requester, type TransportRequest } from '../../src/kernel/index.ts';
import type { ObjectOfKind } from './api-paths.ts';
import { progress } from './built-tool.ts';
import { createAsKubectl } from './create-as-kubectl.ts';
import { transportOf } from './requests-of-users.ts';
import { serverSideApply } from './server-side-apply.ts';
import { eventually } from './until.ts';

const CRDS = new URL('../../crds/', import.meta.url);
/** From the making of a CRD to its being served; a busy API server takes its time. */
const servedWithinMs = 120_000;

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
  /** The same as that user. */
  requestAs<T>(user: string, request: TransportRequest): Promise<T>;
  /** Makes a namespace with a name that no other test has; resolves with the name. */
  makeNamespace(prefix: string, annotations?: Readonly<Record<string, string>>): Promise<string>;
}

let started: Promise<DevCluster> | undefined;

export async function testCluster(): Promise<TestCluster> {
  return testClusterOf(await (started ??= start()));
}

/** The same of a cluster that a test has started for itself, and ends. */
export async function testClusterOf(cluster: DevCluster): Promise<TestCluster> {
  const transport = await transportOf(cluster.kubeconfigPath('admin'));
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
    requestAs: async <T>(user: string, request: TransportRequest) =>
      (await transportOf(cluster.kubeconfigPath(user))).request(request) as Promise<T>,
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
  const files = (await readdir(CRDS)).filter((name) => name.endsWith('.yaml'));
  const crds = await Promise.all(
    files.map(async (name) => parse(await readFile(new URL(name, CRDS), 'utf8')) as ObjectOfKind),
  );
  const transport = await transportOf(cluster.kubeconfigPath('admin'));
  await serverSideApply((request) => transport.request(request), crds);
  await untilServed(
    cluster,
    crds.map(({ metadata }) => metadata.name),
  );
}

/**
 * Until the API server serves the kinds of these CRDs (`usersecrets.neu.ro`), and discovery, which hears of them later than it says that they are
 * established, tells kubectl.
 */
export async function untilServed(cluster: DevCluster, crds: readonly string[]): Promise<void> {
  const transport = await transportOf(cluster.kubeconfigPath('admin'));
  await eventually(
    async () => {
      const found = new Set(await discovered(transport));
      const left = crds.filter((name) => !found.has(name));
      return left.length > 0 ? left : notServed(transport, crds);
    },
    ({ length }) => length === 0,
    `the API server serves ${crds.join(', ')}`,
    servedWithinMs,
  );
}

interface Discovery {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly resources?: readonly { readonly resource: string }[] }[];
  }[];
}

/** `usersecrets.neu.ro`, of what kubectl finds. */
async function discovered(transport: Requester): Promise<readonly string[]> {
  const { items } = (await transport.request({
    method: 'GET',
    path: '/apis',
    accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  })) as Discovery;
  return items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ resources = [] }) => resources.map(({ resource }) => `${resource}.${metadata.name ?? ''}`)),
  );
}

async function notServed(transport: Requester, crds: readonly string[]): Promise<readonly string[]> {
  const served = await Promise.all(
    crds.map(async (name) => {
      const crd = (await transport.request({
        method: 'GET',
        path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
      })) as { readonly spec: { readonly group: string; readonly versions: readonly { readonly name: string }[] } };
      const [version] = crd.spec.versions;
      const path = `/apis/${crd.spec.group}/${version?.name ?? ''}/${name.split('.')[0] ?? ''}`;
      return transport.request({ method: 'GET', path, query: { limit: 1 } }).then(
        () => true,
        (error: unknown) => {
          if (isKernelError(error, 'NotFound')) return false;
          throw error;
        },
      );
    }),
  );
  return crds.filter((_, at) => served[at] !== true);
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
