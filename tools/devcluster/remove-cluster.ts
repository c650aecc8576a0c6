/** Ends the cluster of a name in whatever state it is, and removes all that it left. */
import { cleanUp } from './clean-up.ts';
import { removeContainer } from './provider/k3s-container.ts';
import { clusterFolder, readState } from './state/cluster-folder.ts';

export async function removeCluster(name: string): Promise<void> {
  const folder = clusterFolder(name);
  const containerId = readState(folder)?.containerId;
  if (containerId !== undefined) await removeContainer(containerId);
  await cleanUp(folder);
}
