/**
 * CoreDNS for the names of Services. It runs in the node's network beside the kubelet, not as a Pod, so it needs no
 * image; the Service `kube-dns` points to it.
 */
import { writeFileSync } from 'node:fs';
import { apiRequest } from '../api-request.ts';
import { ensureTool } from '../build/build.ts';
import { DevClusterError } from '../errors.ts';
import type { StateWithNode } from '../node/node.ts';
import { INSIDE, insidePath, nodePid, startInNode } from '../node/node-namespaces.ts';
import type { NodeNetwork } from '../node/node-network.ts';
import { kubeconfigFile } from '../pki/cluster-pki.ts';
import { readCredentials } from '../pki/kubeconfig.ts';
import { assertRunning } from '../state/background-process.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import { waitUntil } from '../state/wait-until.ts';

const READY_TIMEOUT_MS = 30_000;
const POLL_MS = 100;
const READY_PORT = 8181;

export async function startNameServer(
  folder: ClusterFolder,
  state: StateWithNode,
  signal?: AbortSignal,
): Promise<void> {
  const binary = await ensureTool('coredns', { signal });
  const admin = readCredentials(kubeconfigFile(folder, 'admin'));
  for (const [path, body] of nameServerObjects(state.network)) {
    const { status, body: answer } = await apiRequest(admin, { method: 'POST', path, body });
    if (status !== 201)
      throw new DevClusterError('CommandFailed', `Setting up the name server: ${path} answered ${status} ${answer}`);
  }
  writeFileSync(folder.file('node', 'Corefile'), corefile(state.network.nodeAddress), { mode: 0o600 });
  startInNode(folder, nodePid(folder), {
    component: 'coredns',
    command: insidePath(binary),
    args: ['-conf', `${INSIDE.cluster}/node/Corefile`],
  });
  await waitUntil({ what: 'the name server', timeoutMs: READY_TIMEOUT_MS, pollMs: POLL_MS, signal }, async () => {
    assertRunning(folder, 'coredns');
    return (await fetch(`http://${state.network.nodeAddress}:${READY_PORT}/ready`)).ok;
  });
}

export function corefile(nodeAddress: string): string {
  return `.:53 {
    bind ${nodeAddress}
    errors
    ready ${nodeAddress}:${READY_PORT}
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig ${INSIDE.cluster}/pki/coredns.kubeconfig
        fallthrough in-addr.arpa ip6.arpa
    }
    forward . ${INSIDE.cluster}/resolv.conf
    cache 5
}
`;
}

/** Where each is posted, and what. */
function nameServerObjects(network: NodeNetwork): [path: string, body: unknown][] {
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  ];
  const labels = { 'kubernetes.io/service-name': 'kube-dns' };
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:coredns' }];
  return [
    [
      `${rbac}/clusterroles`,
      {
        metadata: { name: roleRef.name },
        rules: [
          { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
          { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
        ],
      },
    ],
    [`${rbac}/clusterrolebindings`, { metadata: { name: roleRef.name }, roleRef, subjects }],
    [
      '/api/v1/namespaces/kube-system/services',
      { metadata: { name: 'kube-dns' }, spec: { clusterIP: network.dnsServiceAddress, ports } },
    ],
    [
      '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices',
      {
        metadata: { name: 'kube-dns-node', labels },
        addressType: 'IPv4',
        endpoints: [{ addresses: [network.nodeAddress], conditions: { ready: true } }],
        ports,
      },
    ],
  ];
}
