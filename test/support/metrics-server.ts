/**
 * The real metrics-server in a cluster that runs Pods: it serves `metrics.k8s.io` from what the kubelet measures. Its image is made here, of the
 * binary that `builtTool` builds.
 *
 * Promise: `installMetricsServer` resolves when the API answers. It stays until `uninstallMetricsServer`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCOUNT_FILES } from '../../tools/devcluster/image/base-images.ts';
import { writeImageTar } from '../../tools/devcluster/image/oci-image.ts';
import { builtTool } from './built-tool.ts';
import type { TestCluster } from './cluster.ts';
import { eventually } from './until.ts';

const name = 'metrics-server';
const namespace = 'kube-system';
const image = `docker.io/library/${name}:test`;
const port = 10_250;
const answersWithinMs = 180_000;

export async function installMetricsServer({ cluster, apply, kubectl }: TestCluster): Promise<void> {
  const program = await builtTool('metrics-server');
  const folder = await mkdtemp(join(tmpdir(), 'neuro-metrics-'));
  try {
    const tarPath = join(folder, 'image.tar');
    const entries = [...ACCOUNT_FILES, { path: `/${name}`, type: 'copy', source: program, mode: 0o755 } as const];
    await writeImageTar(tarPath, {
      names: [image],
      entries,
      config: { Entrypoint: [`/${name}`], User: '65532:65532' },
    });
    await cluster.loadImage(tarPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const applied = await apply('admin', ...objects());
  if (applied.code !== 0) throw new Error(applied.stderr);
  await eventually(
    () => kubectl('admin', ['get', '--raw', '/apis/metrics.k8s.io/v1beta1/nodes']),
    ({ code, stdout }) => code === 0 && stdout.includes('"usage"'),
    'metrics-server has measured the node',
    answersWithinMs,
  );
}

export async function uninstallMetricsServer({ kubectl }: TestCluster): Promise<void> {
  const text = objects()
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
  await kubectl('admin', ['delete', '--ignore-not-found', '--timeout=300s', '-f', '-'], text);
}

function objects(): readonly unknown[] {
  const metadata = { name, namespace, labels: { 'k8s-app': name } };
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const rbac = 'rbac.authorization.k8s.io';
  const bound = (roleName: string, kind: string) => ({ apiGroup: rbac, kind, name: roleName });
  const aggregated = ['view', 'edit', 'admin'].map((role) => [`${rbac}/aggregate-to-${role}`, 'true']);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'system:aggregated-metrics-reader', labels: Object.fromEntries(aggregated) as object },
      rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: `system:${name}` },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'metrics-server-auth-reader', namespace },
      roleRef: bound('extension-apiserver-authentication-reader', 'Role'),
      subjects,
    },
    ...[
      ['metrics-server:system:auth-delegator', 'system:auth-delegator'],
      [`system:${name}`, `system:${name}`],
    ].map(([binding, role = '']) => ({
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: binding },
      roleRef: bound(role, 'ClusterRole'),
      subjects,
    })),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { 'k8s-app': name }, ports: [{ port: 443, targetPort: port }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: { 'k8s-app': name } },
        template: {
          metadata: { labels: { 'k8s-app': name } },
          spec: {
            serviceAccountName: name,
            containers: [
              {
                name,
                image,
                imagePullPolicy: 'Never',
                args: [
                  ...['--cert-dir=/tmp', `--secure-port=${String(port)}`],
                  // A request to the kubelet has to end well before the next one, or the program refuses to start.
                  ...['--metric-resolution=10s', '--kubelet-request-timeout=5s'],
                  // The kubelet's certificate is its own.
                  ...['--kubelet-insecure-tls', '--kubelet-preferred-address-types=InternalIP'],
                  '--kubelet-use-node-status-port',
                ],
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: { name, namespace },
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ];
}
