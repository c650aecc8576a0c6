/**
 * Argo CD as processes beside a cluster: redis, repository server and application controller, all without its UI and API server.
 *
 * Promise: `startArgoCd` resolves when applications are reconciled. Argo CD acts as the user `argocd`, who is an
 * administrator, so that the audit log tells its requests apart. `stop` takes everything of it out of the cluster again.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { filesOf } from '../../tools/devcluster/build/binaries.ts';
import { EXTRA } from '../../tools/devcluster/build/components.ts';
import { builtTool } from './built-tool.ts';
import { untilServed } from './cluster.ts';
import { gitRepository, type GitRepository } from './git-repository.ts';
import type { InCluster } from './in-cluster.ts';
import { systemTool } from './system-tool.ts';
import { freePorts } from '../../tools/devcluster/state/free-ports.ts';
import { answers, startTool, type RunningTool } from './tool-process.ts';

const healthChecks = fileURLToPath(new URL('../../manifests/argocd/argocd-cm.yaml', import.meta.url));
const argoNamespace = 'argocd';
const argoUser = 'argocd';
/** Between two looks at the repository; three minutes where people install it. */
const reconcileEverySeconds = 3;

interface ArgoResource {
  readonly kind: string;
  readonly name: string;
  readonly hook?: boolean;
  readonly status?: string;
  readonly health?: { readonly status?: string; readonly message?: string };
}

export interface ArgoApplication {
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
    /** When it last compared the cluster with the repository. */
    readonly reconciledAt?: string;
    readonly resources?: readonly ArgoResource[];
    readonly history?: readonly unknown[];
    readonly operationState?: { readonly phase?: string; readonly message?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  };
}

export interface ArgoCd {
  readonly repository: GitRepository;
  log(): string;
  /** Makes an application of the repository that syncs, prunes and heals by itself. */
  addApplication(name: string, namespace: string, syncOptions?: readonly string[]): Promise<void>;
  /** What it applied stays. */
  removeApplication(name: string): Promise<void>;
  /** Makes Argo CD look at the repository now. */
  refresh(application: string): Promise<void>;
  application(name: string): Promise<ArgoApplication>;
  stop(): Promise<void>;
}

/** What Argo CD's own Lua engine makes of an object, by the health checks in manifests/: `Healthy`, and the message. */
export async function healthOf(object: unknown): Promise<{ readonly status: string; readonly message: string }> {
  const binary = await builtTool('argocd');
  const folder = await mkdtemp(join(tmpdir(), 'neuro-health-'));
  try {
    const [file, configMap] = [join(folder, 'object.json'), join(folder, 'argocd-cm.yaml')];
    await writeFile(file, JSON.stringify(object));
    await writeFile(configMap, JSON.stringify(await argoConfigMap()));
    const args = ['admin', 'settings', 'resource-overrides', 'health', file, '--argocd-cm-path', configMap];
    const { stdout } = await promisify(execFile)(binary, args, {
      env: { ...process.env, ARGOCD_BINARY_NAME: 'argocd' },
    });
    const [, status = '', message = ''] = /^STATUS:\s*(\S+)\s*^MESSAGE:\s*(.*)$/m.exec(stdout) ?? [undefined, stdout];
    return { status, message: message.trim() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function startArgoCd(cluster: InCluster): Promise<ArgoCd> {
  const binary = await builtTool('argocd');
  const redis = await systemTool('redis-server', 'redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'neuro-argocd-'));
  const kubeconfig = await cluster.cluster.addUser(argoUser, ['system:masters']);
  const [redisPort = 0, repoPort = 0, repoMetrics = 0, controllerMetrics = 0] = await freePorts(4);
  const running: RunningTool[] = [];
  const repository = await gitRepository();
  const stop = async (): Promise<void> => {
    await cluster.kubectl('admin', ['delete', 'applications', '--all', '-n', argoNamespace, '--timeout=300s']);
    for (const tool of running.reverse()) await tool.stop();
    await uninstallObjects(cluster);
    await repository.remove();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await installObjects(cluster);
    const noPersistence = ['--save', '', '--appendonly', 'no'];
    running.push(
      await startTool({
        command: redis,
        args: ['--port', String(redisPort), '--bind', '127.0.0.1', ...noPersistence, '--dir', folder],
        isReady: (log) => log.includes('Ready to accept connections'),
      }),
    );
    const env = await environment(folder, kubeconfig);
    const redisAddress = ['--redis', `127.0.0.1:${String(redisPort)}`];
    running.push(
      await startTool({
        command: binary,
        args: [
          ...redisAddress,
          ...['--address', '127.0.0.1', '--port', String(repoPort), '--disable-tls', '--client-ca-path', ''],
          ...['--metrics-address', '127.0.0.1', '--metrics-port', String(repoMetrics)],
        ],
        env: { ...env, ARGOCD_BINARY_NAME: 'argocd-repo-server' },
        cwd: folder,
        isReady: () => answers(`http://127.0.0.1:${String(repoMetrics)}/healthz`),
      }),
    );
    const controller = await startTool({
      command: binary,
      args: [
        ...redisAddress,
        ...['--kubeconfig', kubeconfig, '--namespace', argoNamespace],
        ...['--repo-server', `127.0.0.1:${String(repoPort)}`, '--repo-server-plaintext'],
        ...['--metrics-port', String(controllerMetrics), '--app-resync', String(reconcileEverySeconds)],
        ...['--app-resync-jitter', '0', '--self-heal-timeout-seconds', '1', '--persist-resource-health'],
      ],
      env: { ...env, ARGOCD_BINARY_NAME: 'argocd-application-controller' },
      cwd: folder,
      isReady: () => answers(`http://127.0.0.1:${String(controllerMetrics)}/healthz`),
    });
    running.push(controller);
    return {
      repository,
      log: controller.log,
      addApplication: (name, namespace, syncOptions = []) =>
        cluster.must('admin', applicationOf(name, namespace, repository.url, syncOptions)),
      removeApplication: async (name) => {
        const where = ['application', name, '-n', argoNamespace, '--ignore-not-found', '--timeout=300s'];
        await cluster.output('admin', ['delete', ...where]);
      },
      refresh: async (name) => {
        await cluster.request({
          method: 'PATCH',
          path: applicationPath(name),
          contentType: 'application/merge-patch+json',
          body: { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } },
        });
      },
      application: (name) => cluster.request({ method: 'GET', path: applicationPath(name) }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What came with the binary: CRDs, and scripts that its image has on its path. */
function argoFiles(extension: string): readonly string[] {
  return filesOf(EXTRA.argocd).filter((file) => file.endsWith(extension));
}

/** Paths that its image has and this machine has not. */
async function environment(folder: string, kubeconfig: string): Promise<Readonly<Record<string, string>>> {
  const path = async (name: string): Promise<string> => {
    await mkdir(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const programs = await path('bin');
  for (const script of argoFiles('.sh')) {
    const target = join(programs, basename(script));
    await copyFile(script, target);
    await chmod(target, 0o755);
  }
  return {
    PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: folder,
    TMPDIR: await path('tmp'),
    KUBECONFIG: kubeconfig,
    // Its own cluster is the one of the kubeconfig.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_GNUPGHOME: await path('gpg'),
    ARGOCD_PLUGINSOCKFILEPATH: await path('plugins'),
    ARGOCD_TLS_DATA_PATH: await path('tls'),
    ARGOCD_SSH_DATA_PATH: await path('ssh'),
  };
}

async function installObjects(cluster: InCluster): Promise<void> {
  await cluster.must('admin', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: argoNamespace } });
  const crds = argoFiles('.yaml').flatMap((file) => ['-f', file]);
  await cluster.output('admin', ['apply', '--server-side', '--force-conflicts', ...crds]);
  await untilServed(cluster.cluster, ['applications.argoproj.io', 'appprojects.argoproj.io']);
  const metadata = (name: string): unknown => ({
    name,
    namespace: argoNamespace,
    labels: { 'app.kubernetes.io/part-of': 'argocd' },
  });
  await cluster.must(
    'admin',
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('argocd-cm'),
      // Both ways in which it marks what is its own, so that a test sees whether either is copied on.
      data: { 'application.resourceTrackingMethod': 'annotation+label' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('argocd-secret'),
      stringData: { 'server.secretkey': randomBytes(32).toString('base64') },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default', namespace: argoNamespace },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ namespace: '*', server: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  );
  // As docs/gitops.md says it.
  const patch = ['--type', 'merge', '--patch-file', healthChecks];
  await cluster.output('admin', ['patch', 'configmap', 'argocd-cm', '-n', argoNamespace, ...patch]);
}

async function uninstallObjects(cluster: InCluster): Promise<void> {
  await cluster.kubectl('admin', ['delete', 'namespace', argoNamespace, '--timeout=300s']);
  const crds = argoFiles('.yaml').flatMap((file) => ['-f', file]);
  await cluster.kubectl('admin', ['delete', '--timeout=300s', ...crds]);
}

function applicationPath(name: string): string {
  return `/apis/argoproj.io/v1alpha1/namespaces/${argoNamespace}/applications/${name}`;
}

function applicationOf(name: string, namespace: string, repoURL: string, syncOptions: readonly string[]): unknown {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: argoNamespace },
    spec: {
      project: 'default',
      source: { repoURL, targetRevision: 'main', path: '.', directory: { recurse: true } },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: true }, retry: { limit: 3 }, syncOptions },
    },
  };
}

async function argoConfigMap(): Promise<unknown> {
  const { data } = parse(await readFile(healthChecks, 'utf8')) as { readonly data: unknown };
  const metadata = { name: 'argocd-cm', namespace: argoNamespace, labels: { 'app.kubernetes.io/part-of': 'argocd' } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}
