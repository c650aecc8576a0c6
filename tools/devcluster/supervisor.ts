/**
 * Runs as a process of its own and takes the cluster down when the process that started it is gone, however it ended:
 * the pipe on its standard input then closes. `release` on that pipe leaves the cluster running.
 *
 * Usage: node supervisor.ts CLUSTER
 */
import { removeCluster } from './remove-cluster.ts';
import { clusterFolder, forgetProcess, recordedProcesses } from './state/cluster-folder.ts';

const folder = clusterFolder(process.argv[2] ?? '');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

let received = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  received += chunk;
});
process.stdin.on('error', () => undefined);
process.stdin.on('close', () => {
  // Another run may have the folder by now: only whose supervisor this still is may be taken down.
  if (recordedProcesses(folder).get('supervisor')?.pid !== process.pid) return;
  if (received.includes('release')) forgetProcess(folder, 'supervisor');
  else void removeCluster(folder.name);
});
