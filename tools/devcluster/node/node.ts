/** Starts a node: its namespaces, containerd with the images that every cluster has, then kubelet and kube-proxy. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { defined } from '../../../src/defined.ts';
import { apiRequest } from '../api-request.ts';
import { binaryPath } from '../build/binaries.ts';
import { KUBELET, KUBE_PROXY } from '../build/components.ts';
import { DevClusterError } from '../errors.ts';
import { ensureBaseImages } from '../image/base-images.ts';
import { kubeconfigFile } from '../pki/cluster-pki.ts';
import { readCredentials } from '../pki/kubeconfig.ts';
import { runCommand } from '../run-command.ts';
import { assertRunning } from '../state/background-process.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import type { BuiltState } from '../state/cluster-state.ts';
import { waitUntil } from '../state/wait-until.ts';
import { cgroupRoot, createCgroups } from './node-cgroups.ts';
import { cniConfig, containerdConfig, kubeProxyConfig, kubeletConfig, resolvConf } from './node-config.ts';
import { linkNode } from './node-link.ts';
import { INSIDE, inNode, insidePath, nodePid, snapshotter, startInNode, startNamespaces } from './node-namespaces.ts';
import type { NodeNetwork } from './node-network.ts';

const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 100;

export type StateWithNode = BuiltState & { readonly network: NodeNetwork };

export function nodeName(clusterName: string): string {
  return `${clusterName}-node`;
}

/** All that does not need the API server, so that it is done while that starts. */
export async function startNodeRuntime(
  folder: ClusterFolder,
  state: StateWithNode,
  signal?: AbortSignal,
): Promise<number> {
  const { network } = state;
  mkdirSync(folder.file('node', 'cni'), { recursive: true });
  const write = (file: string, text: string): void =>
    writeFileSync(folder.file(...file.split('/')), text, { mode: 0o600 });
  write('node/containerd.toml', containerdConfig(await snapshotter(folder)));
  write('node/cni/10-neurodev.conflist', cniConfig(network));
  write('node/kubelet.yaml', kubeletConfig(network, cgroupRoot(folder.name)));
  write('node/kube-proxy.yaml', kubeProxyConfig(network, nodeName(folder.name)));
  write('resolv.conf', resolvConf(readOr('/etc/resolv.conf') ?? '', readOr('/run/systemd/resolve/resolv.conf')));
  createCgroups(folder.name);
  const images = ensureBaseImages();
  const pid = await startNamespaces(folder, signal);
  await linkNode(pid, network, state.ports.apiServer);
  startInNode(folder, pid, {
    component: 'containerd',
    command: 'containerd',
    args: ['--config', `${INSIDE.cluster}/node/containerd.toml`],
    // Unlike the others it goes out, to registries.
    env: process.env,
  });
  await waitUntil({ what: 'containerd', timeoutMs: READY_TIMEOUT_MS, pollMs: POLL_MS, signal }, async () => {
    assertRunning(folder, 'containerd');
    await ctr(pid, ['version']);
    return true;
  });
  for (const tar of await images) await importImage(pid, tar);
  return pid;
}

export function startKubelet(folder: ClusterFolder, state: StateWithNode, pid: number): void {
  startInNode(folder, pid, {
    component: 'kubelet',
    command: insidePath(binaryPath(KUBELET)),
    args: [
      `--config=${INSIDE.cluster}/node/kubelet.yaml`,
      `--kubeconfig=${INSIDE.cluster}/pki/kubelet.kubeconfig`,
      `--hostname-override=${nodeName(folder.name)}`,
      `--node-ip=${state.network.nodeAddress}`,
    ],
  });
  startInNode(folder, pid, {
    component: 'kube-proxy',
    command: insidePath(binaryPath(KUBE_PROXY)),
    args: [`--config=${INSIDE.cluster}/node/kube-proxy.yaml`],
  });
}

/** Ready, and the scheduler may use it. */
export async function waitForNode(folder: ClusterFolder, signal?: AbortSignal): Promise<void> {
  const admin = readCredentials(kubeconfigFile(folder, 'admin'));
  const path = `/api/v1/nodes/${nodeName(folder.name)}`;
  await waitUntil({ what: 'the node to be Ready', timeoutMs: READY_TIMEOUT_MS, pollMs: POLL_MS, signal }, async () => {
    for (const component of ['node', 'containerd', 'kubelet', 'kube-proxy']) assertRunning(folder, component);
    const { status, body } = await apiRequest(admin, { path });
    if (status !== 200) return false;
    const node = JSON.parse(body) as {
      spec: { taints?: unknown[] };
      status: { conditions?: { type: string; status: string }[] };
    };
    const ready = node.status.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;
    return ready && (node.spec.taints ?? []).length === 0;
  });
}

/** Imports an image tar into a node that runs. */
export async function loadImageIntoNode(folder: ClusterFolder, tarPath: string): Promise<void> {
  if (!existsSync(tarPath)) {
    throw new DevClusterError('ImageInvalid', `Loading an image: there is no file ${tarPath}.`);
  }
  await importImage(nodePid(folder), tarPath);
}

/** By standard input, because the node does not see all folders of the host. */
async function importImage(pid: number, tarPath: string): Promise<void> {
  await ctr(pid, ['--namespace=k8s.io', 'images', 'import', '-'], tarPath);
}

async function ctr(pid: number, args: readonly string[], inputFile?: string): Promise<void> {
  const [command = '', ...rest] = inNode(pid, ['ctr', ...args]);
  await runCommand(command, rest, defined({ inputFile }));
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
