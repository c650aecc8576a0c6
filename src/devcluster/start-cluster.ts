/** Starts a cluster by the first provider that serves. */
import type { ClusterOptions, DevCluster } from './dev-cluster.ts';
import { DevClusterError } from './errors.ts';

export function startCluster(options: ClusterOptions = {}): Promise<DevCluster> {
  return Promise.reject(new DevClusterError('Unsupported', `Cannot start ${options.name ?? 'default'} yet.`));
}
