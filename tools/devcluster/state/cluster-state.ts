/** What a cluster's folder remembers of it, beside its processes. Plain data. */
import type { ProviderName } from '../dev-cluster.ts';
import type { NodeNetwork } from '../node/node-network.ts';

export interface ClusterState {
  readonly name: string;
  readonly provider: ProviderName;
  readonly createdAt: string;
  readonly server: string;
  readonly hasNode: boolean;
  readonly apiServerFlags: readonly string[];
  /** Where kubectl is, if not in our cache. */
  readonly kubectlPath?: string;
  /** Name or id of the container of K3s. */
  readonly containerId?: string;
  /** Of a cluster that was built here and runs a node. */
  readonly network?: NodeNetwork;
  /** Written when everything runs. Without it the start was cut off. */
  readonly ready: boolean;
}

/** A cluster that was built here. */
export interface BuiltState extends ClusterState {
  readonly ports: ControlPlanePorts;
  readonly serviceCidr: string;
  readonly controllerManagerFlags?: readonly string[];
  readonly etcdFlags?: readonly string[];
}

interface ControlPlanePorts {
  readonly apiServer: number;
  readonly etcdClient: number;
  readonly etcdPeer: number;
}
