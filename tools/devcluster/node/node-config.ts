/** Configuration files of the node's components. Paths are those inside the node. */
import { stringify } from 'yaml';
import type { NodeNetwork } from './node-network.ts';
import { INSIDE } from './node-namespaces.ts';

export const PAUSE_IMAGE = 'neuro.local/pause:1';

export function containerdConfig(snapshotter: string): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Without CAP_SYS_RESOURCE, as in many containers, a lower score than its own cannot be given to a child.
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${INSIDE.cluster}/node/cni"

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter}"
    default_runtime_name = "runc"

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = false
`;
}

/**
 * Each Pod hangs on a veth pair of its own. With a bridge, Pods of one node would answer each other past the Service
 * rules, unless the kernel has br_netfilter.
 */
export function cniConfig(network: NodeNetwork): string {
  return JSON.stringify({
    cniVersion: '0.4.0',
    name: 'neurodev',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: { type: 'host-local', ranges: [[{ subnet: network.podCidr }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true }, snat: true },
    ],
  });
}

export function kubeletConfig(network: NodeNetwork, cgroupRoot: string): string {
  const pki = (name: string): string => `${INSIDE.cluster}/pki/${name}`;
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki('kubelet.crt'),
    tlsPrivateKeyFile: pki('kubelet.key'),
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    clusterDomain: 'cluster.local',
    // No name server runs there, but without this setting every Pod gets a Warning event.
    clusterDNS: [network.dnsServiceAddress],
    resolvConf: `${INSIDE.cluster}/resolv.conf`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    localStorageCapacityIsolation: false,
    // Images came without a registry: one that is collected does not come back.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      'memory.available': '50Mi',
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
    },
    maxPods: 500,
    kubeAPIQPS: 200,
    kubeAPIBurst: 400,
    serializeImagePulls: false,
  });
}

export function kubeProxyConfig(network: NodeNetwork, nodeName: string): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: `${INSIDE.cluster}/pki/kube-proxy.kubeconfig` },
    clusterCIDR: network.podCidr,
    hostnameOverride: nodeName,
    // Limits of the whole machine, which a node must not change.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  });
}

/** A loopback name server, as that of systemd-resolved, cannot be reached from another network namespace. */
export function resolvConf(hostText: string, upstreamText: string | undefined): string {
  const isLocal = /^\s*nameserver\s+(127\.|::1)/m;
  if (!isLocal.test(hostText)) return hostText;
  if (upstreamText !== undefined && !isLocal.test(upstreamText)) return upstreamText;
  return hostText
    .split('\n')
    .filter((line) => !isLocal.test(line))
    .join('\n');
}
