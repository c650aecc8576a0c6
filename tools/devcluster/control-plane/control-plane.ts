/** Starts etcd, the API server, the controller manager and the scheduler, and waits until they serve. */
import { connect } from 'node:net';
import { apiRequest } from '../api-request.ts';
import { API_SERVER, CONTROLLER_MANAGER, ETCD, SCHEDULER } from '../build/components.ts';
import { binaryPath } from '../build/binaries.ts';
import { DevClusterError } from '../errors.ts';
import { kubeconfigFile } from '../pki/cluster-pki.ts';
import { readCredentials } from '../pki/kubeconfig.ts';
import { assertRunning, startProcess, stopProcess } from '../state/background-process.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import type { BuiltState } from '../state/cluster-state.ts';
import { waitUntil } from '../state/wait-until.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags, schedulerFlags } from './flags.ts';

const POLL_MS = 50;
/** Seen: 3 s. The rest is for a machine that does much else at the same time. */
const READY_TIMEOUT_MS = 120_000;

export function startEtcd(folder: ClusterFolder, state: BuiltState): void {
  startProcess(folder, { component: 'etcd', command: binaryPath(ETCD), args: etcdFlags(folder, state) });
}

export async function startControlPlane(folder: ClusterFolder, state: BuiltState, signal?: AbortSignal): Promise<void> {
  await waitUntil({ what: 'etcd', timeoutMs: READY_TIMEOUT_MS, pollMs: POLL_MS, signal }, async () => {
    assertRunning(folder, 'etcd');
    return accepts(state.ports.etcdClient);
  });
  await startApiServer(folder, state, signal);
  startProcess(folder, {
    component: 'kube-controller-manager',
    command: binaryPath(CONTROLLER_MANAGER),
    args: controllerManagerFlags(folder, state),
  });
  startProcess(folder, {
    component: 'kube-scheduler',
    command: binaryPath(SCHEDULER),
    args: schedulerFlags(folder),
  });
}

/** A Pod can be made: the controller manager has given the default namespace its service account. */
export async function waitForServiceAccount(folder: ClusterFolder, signal?: AbortSignal): Promise<void> {
  const admin = readCredentials(kubeconfigFile(folder, 'admin'));
  const options = { what: 'the default service account', timeoutMs: READY_TIMEOUT_MS, pollMs: POLL_MS, signal };
  await waitUntil(options, async () => {
    assertRunning(folder, 'kube-controller-manager');
    assertRunning(folder, 'kube-scheduler');
    const { status } = await apiRequest(admin, { path: '/api/v1/namespaces/default/serviceaccounts/default' });
    return status === 200;
  });
}

export async function startApiServer(folder: ClusterFolder, state: BuiltState, signal?: AbortSignal): Promise<void> {
  const args = apiServerFlags(folder, state);
  startProcess(folder, { component: 'kube-apiserver', command: binaryPath(API_SERVER), args });
  const admin = readCredentials(kubeconfigFile(folder, 'admin'));
  await waitUntil({ what: 'the API server', timeoutMs: READY_TIMEOUT_MS, pollMs: POLL_MS, signal }, async () => {
    assertRunning(folder, 'kube-apiserver');
    return (await apiRequest(admin, { path: '/readyz' })).status === 200;
  });
}

/** With no grace, as a crash. */
export async function stopApiServer(folder: ClusterFolder): Promise<void> {
  await stopProcess(folder, 'kube-apiserver', 0);
}

/** Through etcd's own JSON gateway. Afterwards etcd has no history before its newest revision. */
export async function compactEtcd(endpoint: string): Promise<void> {
  const post = async (path: string, body: unknown): Promise<{ header?: { revision?: string } }> => {
    const response = await fetch(new URL(path, endpoint), { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) {
      throw new DevClusterError(
        'CommandFailed',
        `Compacting etcd: ${path} answered ${response.status} ${await response.text()}`,
      );
    }
    return (await response.json()) as { header?: { revision?: string } };
  };
  const { header } = await post('/v3/kv/range', { key: Buffer.from('\0').toString('base64'), limit: 1 });
  await post('/v3/kv/compaction', { revision: header?.revision, physical: true });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
