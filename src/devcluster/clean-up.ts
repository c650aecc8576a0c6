/**
 * Ends a cluster and removes all that it left, whatever state it is in: running, half started, or killed. Works from
 * the cluster's folder alone. This is the one way down: `down`, Ctrl-C, the supervisor and the next `up` all use it.
 */
import { rmSync } from 'node:fs';
import { removeNodeTraces } from './node/node-traces.ts';
import { endProcess } from './state/background-process.ts';
import { clusterNames, clusterFolder, readState, recordedProcesses } from './state/cluster-folder.ts';
import type { ClusterFolder } from './state/cluster-folder.ts';

/** Nothing in a development cluster is worth a graceful end. */
const GRACE_MS = 0;

export async function cleanUp(folder: ClusterFolder): Promise<void> {
  const state = readState(folder);
  const processes = recordedProcesses(folder);
  // The supervisor goes last: it must outlive a clean-up that is itself killed.
  const supervisor = processes.get('supervisor');
  const others = [...processes].filter(([component]) => component !== 'supervisor');
  await Promise.all(others.map(([, identity]) => endProcess(identity, GRACE_MS)));
  if (state?.network !== undefined) {
    const isLast = clusterNames().every(
      (name) => name === folder.name || readState(clusterFolder(name))?.network === undefined,
    );
    await removeNodeTraces({ ...state, network: state.network }, isLast);
  }
  if (supervisor !== undefined && supervisor.pid !== process.pid) await endProcess(supervisor, GRACE_MS);
  rmSync(folder.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
