/**
 * The operator as a process of its own against a real cluster, with the rights that manifests/install.yaml gives it.
 *
 * Promise: `startOperator` resolves when its controllers run and its public keys are published (or, for a standby, when it answers), and `stop`
 * or `kill9` when it has ended. It ends with the test process. One operator a cluster at a time, but for tests of two: with different namespaces
 * each takes the other's work for drift.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { SEALING_KEYS_CONFIG_MAP } from '../../src/api/index.ts';
import { freePorts } from '../../tools/devcluster/state/free-ports.ts';
import { isKernelError } from '../../src/kernel/index.ts';
import type { ObjectOfKind } from './api-paths.ts';
import { entries } from './built-entry.ts';
import type { TestCluster } from './cluster.ts';
import { serverSideApply } from './server-side-apply.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { answers } from './tool-process.ts';
import { untilTrue } from './until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const operatorNamespace = 'neuro-system';
/** A standby that must wait for a lease to run out needs 15 s; the rest is for a machine that does much else. */
const startTimeoutMs = 120_000;
/** The first pair of a cluster is published a moment after it is made, beside the work of all controllers. */
const publishTimeoutMs = 120_000;

/** Namespaces end when all in them has ended. */
const lostWithinMs = 120_000;

export interface OperatorOptions {
  /** Text of its configuration file. */
  readonly config?: string;
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** False: does not wait until it leads. */
  readonly untilItLeads?: boolean;
  /** More words of its command line. */
  readonly args?: readonly string[];
  /** Applied over what manifests/install.yaml has: other rights. */
  readonly rights?: readonly unknown[];
  /** Of its own objects, by default `operatorNamespace`: another one is a second installation, with the same rights. */
  readonly namespace?: string;
  /** Rights and policies are installed already: a restart. */
  readonly isInstalled?: boolean;
  /** Default: what is shipped (`dist/operator.mjs`) where `npm test` has just built it, else the sources. */
  readonly entry?: string;
}

export interface RunningOperator {
  readonly pid: number;
  readonly healthUrl: string;
  readonly httpUrl: string;
  /** All that it has logged up to now, as it is. */
  log(): string;
  isRunning(): boolean;
  /** The sum of a counter over its series whose labels match. */
  metric(name: string, labels?: Readonly<Record<string, string | RegExp>>): Promise<number>;
  stop(): Promise<void>;
  /** Ends it without a chance to clean up. The lease is deleted, so that the next one need not wait for its end. */
  kill9(): Promise<void>;
}

export async function startOperator(test: TestCluster, options: OperatorOptions = {}): Promise<RunningOperator> {
  const { namespace = operatorNamespace } = options;
  if (options.isInstalled !== true) await install(test, options.rights);
  if (namespace !== operatorNamespace) await installAnother(test, namespace);
  const folder = await mkdtemp(join(tmpdir(), 'neuro-operator-test-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, await serviceAccountKubeconfig(test, { namespace, name: 'neuro-operator' }), {
    mode: 0o600,
  });
  const config = join(folder, 'config.yaml');
  await writeFile(config, options.config ?? '{}');
  const [healthPort, httpPort] = await freePorts(2);
  const child = spawn(
    process.execPath,
    [
      options.entry ?? entries.operator,
      ...['--kubeconfig', kubeconfig, '--namespace', namespace, '--config', config],
      ...['--bind-address', '127.0.0.1', '--health-port', String(healthPort), '--http-port', String(httpPort)],
      ...['--log-level', options.logLevel ?? 'info'],
      ...(options.args ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const log = (): string => output.join('');
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = once(child, 'close');
    if (child.kill(signal)) await ended;
    process.off('exit', killWithParent);
    await rm(folder, { recursive: true, force: true });
  };
  const healthUrl = `http://127.0.0.1:${String(healthPort)}`;
  try {
    const leads = options.untilItLeads ?? true;
    await untilStarted(child, log, healthUrl, leads);
    if (leads) await untilPublished(test, namespace, log);
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    healthUrl,
    httpUrl: `http://127.0.0.1:${String(httpPort)}`,
    log,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    metric: async (name, labels = {}) => sumOf(await (await fetch(`${healthUrl}/metrics`)).text(), name, labels),
    stop: () => end('SIGTERM'),
    kill9: async () => {
      await end('SIGKILL');
      await test.kubectl('admin', ['delete', 'lease', 'neuro-operator', '-n', namespace, '--ignore-not-found']);
    },
  };
}

/** What this process has installed last, and where: the operator that starts again finds it as it was, also for the next test file. */
let installed = '';

async function install(test: TestCluster, rights: readonly unknown[] = []): Promise<void> {
  const what = JSON.stringify([test.cluster.name, rights]);
  if (installed === what) return;
  await installOperator(test, rights);
  installed = what;
}

/**
 * What people call the loss of a cluster, on one that is kept: the operator, which has ended, is taken away with its keys, and the homes with all
 * that was in them. What is made again under their names is another object.
 */
export async function loseAll(test: TestCluster, homes: readonly string[]): Promise<void> {
  const paths = [operatorNamespace, ...homes].map((name) => `/api/v1/namespaces/${name}`);
  const isGone = (error: unknown): true => {
    if (isKernelError(error, 'NotFound')) return true;
    throw error;
  };
  installed = '';
  await Promise.all(paths.map((path) => test.request({ method: 'DELETE', path }).catch(isGone)));
  for (const path of paths)
    await untilTrue(
      () => test.request({ method: 'GET', path }).then(() => false, isGone),
      `${path} is gone`,
      lostWithinMs,
    );
}

/** Rights and admission policies, but not the Deployment: the operator runs here. */
export async function installOperator(test: TestCluster, rights: readonly unknown[] = []): Promise<void> {
  const objects = await Promise.all(['install', 'admission'].map((name) => objectsOf(`manifests/${name}.yaml`)));
  await serverSideApply(
    test.request,
    objects.flat().filter(({ kind }) => kind !== 'Deployment'),
  );
  await serverSideApply(test.request, rights as readonly ObjectOfKind[]);
}

/** As `helm install` in another namespace would, if Helm did not refuse to: the cluster-wide binding gets a name of its own. */
async function installAnother(test: TestCluster, namespace: string): Promise<void> {
  const inNamespace = (await objectsOf('manifests/install.yaml')).filter(
    ({ kind, metadata }) => metadata.namespace === operatorNamespace && kind !== 'Deployment',
  );
  const name = 'neuro-operator';
  const subjects = [{ kind: 'ServiceAccount', namespace, name }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const text = JSON.stringify(inNamespace).replaceAll(`"${operatorNamespace}"`, JSON.stringify(namespace));
  await serverSideApply(test.request, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...(JSON.parse(text) as readonly ObjectOfKind[]),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: `neuro-operator-${namespace}` },
      roleRef,
      subjects,
    } as ObjectOfKind,
  ]);
}

async function objectsOf(file: string): Promise<readonly ObjectOfKind[]> {
  return parseAllDocuments(await readFile(join(root, file), 'utf8'))
    .map((document) => document.toJS() as ObjectOfKind | null)
    .filter((object) => object !== null);
}

async function untilStarted(child: ChildProcess, log: () => string, healthUrl: string, leads: boolean): Promise<void> {
  const isUp = async (): Promise<boolean> =>
    leads ? log().includes('controllers run') : answers(`${healthUrl}/healthz`);
  await withLog(
    untilTrue(
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended with ${String(child.exitCode)}`);
        return isUp();
      },
      'it runs',
      startTimeoutMs,
    ),
    log,
  );
}

/** Tests seal for what stands there. */
async function untilPublished(test: TestCluster, namespace: string, log: () => string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${SEALING_KEYS_CONFIG_MAP}`;
  const isThere = (): Promise<boolean> =>
    test.request({ method: 'GET', path }).then(
      () => true,
      (error: unknown) => {
        if (isKernelError(error, 'NotFound')) return false;
        throw error;
      },
    );
  await withLog(untilTrue(isThere, 'its keys are published', publishTimeoutMs), log);
}

/** What it has logged says why it does not start. */
async function withLog(started: Promise<void>, log: () => string): Promise<void> {
  try {
    await started;
  } catch (cause) {
    throw new Error(`the operator did not start: ${String(cause)}\n${log()}`, { cause });
  }
}

function sumOf(text: string, name: string, labels: Readonly<Record<string, string | RegExp>>): number {
  let sum = 0;
  for (const [, metric, series = '', value] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? (\S+)$/gm)) {
    if (metric !== name) continue;
    const found = new Map(
      [...series.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]),
    );
    const isMatch = Object.entries(labels).every(([label, wanted]) => {
      const text = found.get(label) ?? '';
      return typeof wanted === 'string' ? text === wanted : wanted.test(text);
    });
    if (isMatch) sum += Number(value);
  }
  return sum;
}
