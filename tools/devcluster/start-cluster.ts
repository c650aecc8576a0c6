/** Starts a cluster by the first provider that serves, and finds those that run. */
import type { ClusterOptions, DevCluster } from './dev-cluster.ts';
import { DevClusterError } from './errors.ts';
import { builtCluster, startBuiltCluster } from './provider/built-cluster.ts';
import { givenCluster, useGivenCluster } from './provider/given-cluster.ts';
import { k3sCluster, k3sServes, startK3sCluster } from './provider/k3s-cluster.ts';
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
  const kubeconfig = options.kubeconfig ?? process.env['NEURO_TEST_KUBECONFIG'];
  if (options.provider === 'given' || (options.provider === undefined && kubeconfig)) {
    if (kubeconfig) return useGivenCluster(name, kubeconfig, options);
    throw new DevClusterError(
      'Unsupported',
      'Provider given: say which cluster by --kubeconfig or NEURO_TEST_KUBECONFIG.',
    );
  }
  if (options.provider === 'k3s') return startK3sCluster(name, options);
  if (options.provider === undefined && (await k3sIsChosen(options))) {
    try {
      return await startK3sCluster(name, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      options.onProgress?.(`K3s did not start (${reason}): taking the cluster that is built here`);
    }
  }
  return startBuiltCluster(name, options);
}

/** The cluster of that name if it runs whole; undefined if there is none or parts of it are gone. */
export async function findCluster(name: string): Promise<DevCluster | undefined> {
  const folder = clusterFolder(name);
  const state = readState(folder);
  if (state?.ready !== true || ![...recordedProcesses(folder).values()].every(isRunning)) return undefined;
  if (state.containerId !== undefined && !(await containerRuns(state.containerId))) return undefined;
  return openCluster(folder, state);
}

/** A control plane alone can be stopped, restarted and compacted, which only the one that is built here lets us. */
async function k3sIsChosen(options: ClusterOptions): Promise<boolean> {
  return options.node !== false && (await k3sServes(options.onProgress ?? (() => undefined)));
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
