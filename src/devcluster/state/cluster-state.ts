/** What a cluster's folder remembers of it, beside its processes. Plain data. */
import type { NodeNetwork } from '../node/node-network.ts';

export interface ClusterState {
  readonly name: string;
  readonly provider: 'built' | 'k3s';
  readonly createdAt: string;
  readonly server: string;
  readonly ports: ControlPlanePorts;
  readonly serviceCidr: string;
  readonly hasNode: boolean;
  readonly apiServerFlags: readonly string[];
  /** Set where a node runs. */
  readonly network?: NodeNetwork;
  /** Written when everything runs. Without it the start was cut off. */
  readonly ready: boolean;
}

export interface ControlPlanePorts {
  readonly apiServer: number;
  readonly etcdClient: number;
  readonly etcdPeer: number;
}
