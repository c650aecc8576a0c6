/**
 * Kueue in the cluster, as its own files install it: controller, webhooks and rights. Only its image is made here, of the binary that
 * `builtTool` builds.
 *
 * Promise: `installKueue` resolves when its webhooks answer. `uninstallKueue` takes everything of it out again, webhooks first: one without a
 * server behind it would refuse every Pod of the cluster.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { filesOf } from '../../tools/devcluster/build/binaries.ts';
import { EXTRA } from '../../tools/devcluster/build/components.ts';
import { builtTool } from './built-tool.ts';
import { ACCOUNT_FILES } from '../../tools/devcluster/image/base-images.ts';
import { writeImageTar } from '../../tools/devcluster/image/oci-image.ts';
import type { InCluster } from './in-cluster.ts';

const image = 'kueue:test';
const kueueNamespace = 'kueue-system';

interface Installed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export async function installKueue(cluster: InCluster): Promise<void> {
  const program = await builtTool('kueue');
  const folder = await mkdtemp(join(tmpdir(), 'neuro-kueue-'));
  try {
    const tarPath = join(folder, 'kueue.tar');
    await writeImageTar(tarPath, {
      names: [`docker.io/library/${image}`],
      entries: [...ACCOUNT_FILES, { path: '/manager', type: 'copy', source: program, mode: 0o755 }],
      config: { Entrypoint: ['/manager'], User: '65532:65532' },
    });
    await cluster.cluster.loadImage(tarPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const objects = await objectsOf(cluster);
  const apply = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
  await cluster.output('admin', apply, text(objects));
  const deployment = ['deployment/kueue-controller-manager', '-n', kueueNamespace];
  await cluster.output('admin', ['rollout', 'status', ...deployment, '--timeout=300s']);
}

export async function uninstallKueue(cluster: InCluster): Promise<void> {
  const objects = await objectsOf(cluster);
  const isWebhook = ({ kind }: Installed): boolean => kind.endsWith('WebhookConfiguration');
  const isCrd = ({ kind }: Installed): boolean => kind === 'CustomResourceDefinition';
  // Its controller has to be there while its own objects go, which have finalizers.
  const parts = [isWebhook, isCrd, (object: Installed) => !isWebhook(object) && !isCrd(object)];
  for (const part of parts) {
    const args = ['delete', '--ignore-not-found', '--timeout=300s', '-f', '-'];
    await cluster.output('admin', args, text(objects.filter(part)));
  }
}

/** What its `kustomization.yaml` gives, but the image; without the API for pending workloads, which nothing here asks. */
async function objectsOf(cluster: InCluster): Promise<readonly Installed[]> {
  const [config = ''] = filesOf(EXTRA.kueue);
  const rendered = await cluster.output('admin', ['kustomize', join(config, 'default')]);
  return parseAllDocuments(rendered)
    .map((document) => document.toJS() as Installed)
    .filter(({ kind }) => kind !== 'APIService')
    .map((object) => (object.kind === 'Deployment' ? withImage(object) : object));
}

function withImage(deployment: Installed): Installed {
  const { spec } = deployment as unknown as {
    readonly spec: { readonly template: { readonly spec: { readonly containers: readonly object[] } } };
  };
  const pod = spec.template.spec;
  const containers = pod.containers.map((container) => ({
    ...container,
    image,
    imagePullPolicy: 'IfNotPresent',
    // It asks for half a core, of which a small machine has few.
    resources: {},
  }));
  return {
    ...deployment,
    spec: { ...spec, template: { ...spec.template, spec: { ...pod, containers } } },
  } as Installed;
}

function text(objects: readonly unknown[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}
