/** Removes what a node leaves outside of its namespaces: the link, the firewall table, cgroups, forwarding. */
import type { ClusterState } from '../state/cluster-state.ts';
import { removeCgroups } from './node-cgroups.ts';
import { removeLink, switchForwardingOff } from './node-link.ts';
import type { NodeNetwork } from './node-network.ts';

export async function removeNodeTraces(
  state: ClusterState & { readonly network: NodeNetwork },
  isLastNode: boolean,
): Promise<void> {
  await Promise.all([removeLink(state.network.linkName), removeCgroups(state.name)]);
  if (state.switchedForwardingOn === true && isLastNode) switchForwardingOff();
}
