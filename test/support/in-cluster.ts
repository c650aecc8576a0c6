/**
 * A cluster that runs Pods, with an audit log, and the operator inside of it as people install it: its image, and the
 * files in crds/ and manifests/. The test files of one run share it; it ends with the process.
 *
 * Promise: `inCluster()` resolves when all replicas of the operator are ready. Tests keep apart by `makeHome`.
 * `NEURO_E2E_CLUSTER` names a cluster that `inCluster` takes, or makes and leaves, for work on these tests.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCluster, startCluster, writeOperatorImage, type DevCluster } from '../../tools/devcluster/index.ts';
import { clusterFolder, type ClusterFolder } from '../../tools/devcluster/state/cluster-folder.ts';
import { isKernelError } from '../../src/kernel/index.ts';
import { collectionOf, pathOf } from './api-paths.ts';
import { auditFlags, readAudit, type AuditEvent } from './audit.ts';
import { progress } from './built-tool.ts';
import { applyCrds, testClusterOf, type TestCluster } from './cluster.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const operatorNamespace = 'neuro-system';
export const operatorUser = `system:serviceaccount:${operatorNamespace}:neuro-operator`;
/** What tests look at. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  v1: ['ConfigMap', 'Event', 'Pod', 'Secret', 'Service'],
  'apps/v1': ['Deployment', 'StatefulSet'],
  'batch/v1': ['Job'],
  'neu.ro/v1': ['UserSecret', 'SecretGrant', 'NeuroJob', 'NeuroSchedule'],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding'],
};

export interface InCluster extends TestCluster {
  /** Holds the logs of the control plane and the node. */
  readonly folder: ClusterFolder;
  /** All requests up to now. */
  audit(): Promise<readonly AuditEvent[]>;
  /** The output of kubectl, which must succeed. */
  output(user: string, args: readonly string[], input?: string): Promise<string>;
  /** Applies objects as that user, which must succeed. */
  must(user: string, ...objects: readonly unknown[]): Promise<void>;
  /** Makes a home of that person, who is its administrator; resolves with the namespace's name. */
  makeHome(user: string): Promise<string>;
  /** The object, or undefined. By a request, since tests look again and again. */
  get(kind: string, namespace: string, name: string): Promise<KubeJson | undefined>;
  /** Of one kind, or of several with commas between them, as for kubectl. */
  list(kinds: string, namespace: string, labelSelector?: string): Promise<readonly KubeJson[]>;
}

/** An object as kubectl shows it. */
export interface KubeJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export async function inCluster(): Promise<InCluster> {
  const kept = process.env['NEURO_E2E_CLUSTER'];
  const name = kept ?? `in-cluster-${String(process.pid)}`;
  let cluster = await findCluster(name);
  if (cluster === undefined) {
    cluster = await startWithImage(name, kept === undefined);
    await applyCrds(cluster);
  }
  const result = await inClusterOn(cluster);
  await install(result);
  return result;
}

/** The same of a cluster in which nothing is installed yet. */
export async function inClusterOn(cluster: DevCluster): Promise<InCluster> {
  const folder = clusterFolder(cluster.name);
  const test = await testClusterOf(cluster);
  const result: InCluster = {
    ...test,
    folder,
    audit: () => readAudit(auditLogOf(folder)),
    output: async (user, args, input) => {
      const { code, stdout, stderr } = await test.kubectl(user, args, input);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    must: async (user, ...objects) => {
      const { code, stderr } = await test.apply(user, ...objects);
      if (code !== 0) throw new Error(`kubectl apply: ${stderr}`);
    },
    makeHome: async (user) => {
      const namespace = await test.makeNamespace(user, { 'neu.ro/user': user });
      await result.must('admin', ownerBinding(namespace, user));
      return namespace;
    },
    get: async (kind, namespace, objectName) => {
      try {
        const path = pathOf({ ...kindNamed(kind), metadata: { namespace, name: objectName } });
        return await test.request<KubeJson>({ method: 'GET', path });
      } catch (error) {
        if (isKernelError(error, 'NotFound')) return undefined;
        throw error;
      }
    },
    list: async (kinds, namespace, labelSelector) => {
      const lists = await Promise.all(
        kinds.split(',').map(async (kind) => {
          const type = kindNamed(kind);
          const path = collectionOf({ ...type, metadata: { namespace, name: '' } });
          const { items } = await test.request<{ readonly items: readonly KubeJson[] }>({
            method: 'GET',
            path,
            query: { labelSelector },
          });
          // Lists of Kubernetes' own kinds leave it out.
          return items.map((item) => ({ ...item, ...type }));
        }),
      );
      return lists.flat();
    },
  };
  return result;
}

/** By its name in the singular or the plural, in small letters. */
function kindNamed(name: string): { readonly apiVersion: string; readonly kind: string } {
  for (const [apiVersion, kinds] of Object.entries(kindsOf)) {
    const kind = kinds.find((each) => [each.toLowerCase(), `${each.toLowerCase()}s`].includes(name));
    if (kind !== undefined) return { apiVersion, kind };
  }
  throw new Error(`tests look at no kind ${name}`);
}

/** A cluster that runs Pods, with an audit log and the operator's image. */
export async function startWithImage(name: string, endWithParent = true): Promise<DevCluster> {
  // The audit log, and the processes of the node, are to be had only where the cluster is built here.
  const cluster = await startCluster({
    name,
    provider: 'built',
    node: true,
    apiServerFlags: auditFlags(auditLogOf(clusterFolder(name))),
    endWithParent,
    onProgress: progress,
  });
  const images = await mkdtemp(join(tmpdir(), 'neuro-image-'));
  try {
    const tarPath = join(images, 'operator.tar');
    await writeOperatorImage({ bundlePath: join(root, 'dist/operator.mjs'), tarPath });
    await cluster.loadImage(tarPath);
  } finally {
    await rm(images, { recursive: true, force: true });
  }
  return cluster;
}

function auditLogOf(folder: ClusterFolder): string {
  return folder.file('logs', 'audit.log');
}

/** Also mends what a former test file may have left: a Deployment that was scaled. */
async function install(cluster: InCluster): Promise<void> {
  const manifests = ['-f', join(root, 'manifests/install.yaml'), '-f', join(root, 'manifests/admission.yaml')];
  await cluster.output('admin', ['apply', ...manifests]);
  await cluster.output('admin', [
    'rollout',
    'status',
    'deployment/neuro-operator',
    '-n',
    operatorNamespace,
    '--timeout=300s',
  ]);
}

function ownerBinding(namespace: string, user: string): unknown {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'owner', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  };
}
