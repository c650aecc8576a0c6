/**
 * Nodes that kwok simulates: Pods on them become Running at once and cost nothing. Beside a real node they carry a
 * taint, so that only Pods that tolerate `kwok.x-k8s.io/node` go there; alone they take all Pods.
 */
import { apiRequest } from '../api-request.ts';
import { ensureTool, filesOf } from '../build/build.ts';
import { EXTRA } from '../build/components.ts';
import type { ClusterOptions } from '../dev-cluster.ts';
import { DevClusterError } from '../errors.ts';
import { kubeconfigFile } from '../pki/cluster-pki.ts';
import { readCredentials } from '../pki/kubeconfig.ts';
import { assertRunning, startProcess } from '../state/background-process.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import { waitUntil } from '../state/wait-until.ts';

const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 200;
const MARK = 'kwok.x-k8s.io/node';
const PODS_PER_NODE = 1000;

export async function startSimulatedNodes(
  folder: ClusterFolder,
  count: number,
  besideRealNode: boolean,
  options: ClusterOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  const command = await ensureTool('kwok', { signal, onProgress });
  const kubeconfig = kubeconfigFile(folder, 'admin');
  const args = [
    `--kubeconfig=${kubeconfig}`,
    '--manage-all-nodes=false',
    `--manage-nodes-with-annotation-selector=${MARK}=fake`,
    ...filesOf(EXTRA.kwok).map((file) => `--config=${file}`),
  ];
  // Its own configuration folder, so that none of the user's is read.
  startProcess(folder, {
    component: 'kwok',
    command,
    args,
    env: { ...process.env, KWOK_WORKDIR: folder.file('kwok'), HOME: folder.path },
  });
  const admin = readCredentials(kubeconfig);
  for (let index = 0; index < count; index++) {
    const body = simulatedNode(index, besideRealNode);
    const { status, body: answer } = await apiRequest(admin, { method: 'POST', path: '/api/v1/nodes', body });
    if (status !== 201)
      throw new DevClusterError('CommandFailed', `Making simulated node ${index}: ${status} ${answer}`);
  }
  await waitUntil({ what: 'the simulated nodes', timeoutMs: READY_TIMEOUT_MS, pollMs: POLL_MS, signal }, async () => {
    assertRunning(folder, 'kwok');
    const { body } = await apiRequest(admin, { path: `/api/v1/nodes?labelSelector=type%3Dkwok` });
    const { items } = JSON.parse(body) as { items: { status: { conditions?: { type: string; status: string }[] } }[] };
    return items.every(
      ({ status }) => status.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true,
    );
  });
}

function simulatedNode(index: number, besideRealNode: boolean): unknown {
  const name = `kwok-${index}`;
  const resources = { cpu: '256', memory: '1Ti', pods: String(PODS_PER_NODE) };
  return {
    metadata: {
      name,
      annotations: { [MARK]: 'fake' },
      labels: { type: 'kwok', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    },
    spec: besideRealNode ? { taints: [{ key: MARK, value: 'fake', effect: 'NoSchedule' }] } : {},
    status: { allocatable: resources, capacity: resources },
  };
}
