/** Starts a cluster by the first provider that serves, and finds those that run. */
import type { ClusterOptions, DevCluster } from './dev-cluster.ts';
import { DevClusterError } from './errors.ts';
import { builtCluster } from './provider/built-cluster.ts';
import { startByFirstProvider } from './provider/first-that-serves.ts';
import { givenCluster } from './provider/given-cluster.ts';
import { k3sCluster } from './provider/k3s-cluster.ts';
import { containerRuns } from './provider/k3s-container.ts';
import { removeCluster } from './remove-cluster.ts';
import { clusterFolder, readState, recordedProcesses } from './state/cluster-folder.ts';
import type { ClusterFolder } from './state/cluster-folder.ts';
import type { BuiltState, ClusterState } from './state/cluster-state.ts';
import { isRunning } from './state/process-identity.ts';

let started = 0;

/**
 * Resolves when Pods can be made (and, with a node, run). A cluster without a name gets one that no other has. A
 * former run of that name that was cut off is cleaned away first; one that runs is refused with `ClusterExists`.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<DevCluster> {
  const name = options.name ?? `run-${process.pid}-${++started}`;
  if ((await findCluster(name)) !== undefined) {
    throw new DevClusterError(
      'ClusterExists',
      `Cluster ${name} runs already; use it, end it with \`npm run cluster -- down --name ${name}\`, or take another name.`,
    );
  }
  await removeCluster(name);
  return startByFirstProvider(name, options);
}

/** The cluster of that name if it runs whole; undefined if there is none or parts of it are gone. */
export async function findCluster(name: string): Promise<DevCluster | undefined> {
  const folder = clusterFolder(name);
  const state = readState(folder);
  if (state?.ready !== true || ![...recordedProcesses(folder).values()].every(isRunning)) return undefined;
  if (state.containerId !== undefined && !(await containerRuns(state.containerId))) return undefined;
  return openCluster(folder, state);
}

function openCluster(folder: ClusterFolder, state: ClusterState): DevCluster {
  switch (state.provider) {
    case 'given':
      return givenCluster(folder, state);
    case 'k3s':
      return k3sCluster(folder, state);
    case 'built':
      return builtCluster(folder, state as BuiltState);
    default:
      return state.provider satisfies never;
  }
}
