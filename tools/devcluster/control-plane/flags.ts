/**
 * Command lines of the control plane. Kubernetes' own defaults (feature gates, admission) hold wherever nothing is
 * said here.
 */
import type { ClusterFolder } from '../state/cluster-folder.ts';
import type { BuiltState } from '../state/cluster-state.ts';

/** Above what two cores can serve, so that a benchmark measures the work and not this limit. */
const REQUESTS_INFLIGHT = 2000;
/** Etcd's default of 2 GiB is soon full of 10,000 objects written over and over. */
const ETCD_QUOTA_BYTES = 8 * 1024 ** 3;

export function etcdFlags(folder: ClusterFolder, { ports, etcdFlags: others = [] }: BuiltState): string[] {
  const client = `http://127.0.0.1:${ports.etcdClient}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    '--name=default',
    `--data-dir=${folder.file('etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    `--quota-backend-bytes=${ETCD_QUOTA_BYTES}`,
    // Data of a development cluster need not survive a power cut.
    '--unsafe-no-fsync',
    '--log-level=warn',
    ...others,
  ];
}

export function apiServerFlags(folder: ClusterFolder, state: BuiltState): string[] {
  const pki = (name: string): string => folder.file('pki', name);
  // With a node, Pods come in by the node's link; the firewall table of the node keeps everyone else out.
  const address =
    state.network === undefined
      ? ['--bind-address=127.0.0.1']
      : ['--bind-address=0.0.0.0', `--advertise-address=${state.network.hostAddress}`];
  return [
    `--etcd-servers=http://127.0.0.1:${state.ports.etcdClient}`,
    `--secure-port=${state.ports.apiServer}`,
    ...address,
    `--cert-dir=${folder.file('pki')}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('apiserver-kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('apiserver-kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('service-account.pub')}`,
    `--service-account-signing-key-file=${pki('service-account.key')}`,
    `--service-cluster-ip-range=${state.serviceCidr}`,
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${pki('front-proxy-client.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy-client.key')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--enable-aggregator-routing=true',
    `--max-requests-inflight=${REQUESTS_INFLIGHT}`,
    `--max-mutating-requests-inflight=${REQUESTS_INFLIGHT}`,
    ...state.apiServerFlags,
  ];
}

export function controllerManagerFlags(folder: ClusterFolder, state: BuiltState): string[] {
  const pki = (name: string): string => folder.file('pki', name);
  const kubeconfig = pki('controller-manager.kubeconfig');
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--secure-port=0',
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    '--controllers=*',
    `--root-ca-file=${pki('ca.crt')}`,
    `--service-account-private-key-file=${pki('service-account.key')}`,
    `--cluster-signing-cert-file=${pki('ca.crt')}`,
    `--cluster-signing-key-file=${pki('ca.key')}`,
    `--service-cluster-ip-range=${state.serviceCidr}`,
    // Its default of 20 requests a second would be what a benchmark measures.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    ...(state.controllerManagerFlags ?? []),
  ];
}

export function schedulerFlags(folder: ClusterFolder): string[] {
  const kubeconfig = folder.file('pki', 'scheduler.kubeconfig');
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--secure-port=0',
    '--leader-elect=false',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
}
