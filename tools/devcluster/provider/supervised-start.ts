/** What every provider does around a start: a folder, a supervisor, and the way back when the start fails. */
import type { ClusterOptions, DevCluster } from '../dev-cluster.ts';
import { removeCluster } from '../remove-cluster.ts';
import { clusterFolder, createFolder } from '../state/cluster-folder.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import { supervise } from '../supervise.ts';

export async function superviseStart(
  name: string,
  options: ClusterOptions,
  start: (folder: ClusterFolder) => Promise<DevCluster>,
): Promise<DevCluster> {
  const folder = clusterFolder(name);
  createFolder(folder);
  // From the first moment, also for a cluster that is to stay: its start may be killed half way.
  const supervision = supervise(folder);
  try {
    const cluster = await start(folder);
    options.signal?.throwIfAborted();
    if (options.endWithParent === false) await supervision.release();
    return cluster;
  } catch (error) {
    await removeCluster(name);
    throw error;
  }
}
