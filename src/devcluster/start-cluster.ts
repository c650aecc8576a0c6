/** Starts a cluster by the first provider that serves, and finds those that run. */
import { cleanUp } from './clean-up.ts';
import type { ClusterOptions, DevCluster } from './dev-cluster.ts';
import { DevClusterError } from './errors.ts';
import { builtCluster, startBuiltCluster } from './provider/built-cluster.ts';
import { clusterFolder, readState, recordedProcesses } from './state/cluster-folder.ts';
import { isRunning } from './state/process-identity.ts';

let started = 0;

/**
 * Resolves when Pods can be made (and, with a node, run). A cluster without a name gets one that no other has. A
 * former run of that name that was cut off is cleaned away first; one that runs is refused with `ClusterExists`.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<DevCluster> {
  const name = options.name ?? `run-${process.pid}-${++started}`;
  if (findCluster(name) !== undefined) {
    throw new DevClusterError(
      'ClusterExists',
      `Cluster ${name} runs already; use it, end it with \`npm run cluster -- down --name ${name}\`, or take another name.`,
    );
  }
  await cleanUp(clusterFolder(name));
  return startBuiltCluster(name, options);
}

/** The cluster of that name if it runs whole; undefined if there is none or parts of it are gone. */
export function findCluster(name: string): DevCluster | undefined {
  const folder = clusterFolder(name);
  const state = readState(folder);
  const whole = state?.ready === true && [...recordedProcesses(folder).values()].every(isRunning);
  return whole ? builtCluster(folder, state) : undefined;
}
