/** Removes what a node leaves outside of its namespaces: the link, the firewall table, cgroups. */
import { removeCgroups } from './node-cgroups.ts';
import { removeLink } from './node-link.ts';
import type { NodeNetwork } from './node-network.ts';

export async function removeNodeTraces(clusterName: string, network: NodeNetwork): Promise<void> {
  await Promise.all([removeLink(network.linkName), removeCgroups(clusterName)]);
}
