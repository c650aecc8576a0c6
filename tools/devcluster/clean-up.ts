/**
 * Ends a cluster and removes all that it left, whatever state it is in: running, half started, or killed. Works from
 * the cluster's folder alone. This is the one way down: `down`, Ctrl-C, the supervisor and the next `up` all use it.
 */
import { rmSync } from 'node:fs';
import { switchForwardingBack } from './node/host-forwarding.ts';
import { withNetworkLock } from './node/network-lock.ts';
import { removeNodeTraces } from './node/node-traces.ts';
import { endProcess } from './state/background-process.ts';
import { readState, recordedProcesses } from './state/cluster-folder.ts';
import type { ClusterFolder } from './state/cluster-folder.ts';

/** Nothing in a development cluster is worth a graceful end. */
const GRACE_MS = 0;

export async function cleanUp(folder: ClusterFolder): Promise<void> {
  const network = readState(folder)?.network;
  const processes = recordedProcesses(folder);
  // The supervisor goes last: it must outlive a clean-up that is itself killed.
  const supervisor = processes.get('supervisor');
  const others = [...processes].filter(([component]) => component !== 'supervisor');
  await Promise.all(others.map(([, identity]) => endProcess(identity, GRACE_MS)));
  if (network !== undefined) await removeNodeTraces(folder.name, network);
  if (supervisor !== undefined && supervisor.pid !== process.pid) await endProcess(supervisor, GRACE_MS);
  rmSync(folder.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (network === undefined) return;
  await withNetworkLock((taken) => {
    if (taken.size === 0) switchForwardingBack();
    return Promise.resolve();
  });
}
