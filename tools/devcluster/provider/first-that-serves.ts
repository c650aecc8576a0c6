/** The order of the providers: a given cluster, K3s in Docker, the one that is built here. */
import type { ClusterOptions, DevCluster } from '../dev-cluster.ts';
import { DevClusterError } from '../errors.ts';
import { startBuiltCluster } from './built-cluster.ts';
import { useGivenCluster } from './given-cluster.ts';
import { k3sServes, startK3sCluster } from './k3s-cluster.ts';

export interface Starters {
  readonly given: (name: string, kubeconfig: string, options: ClusterOptions) => Promise<DevCluster>;
  readonly k3s: (name: string, options: ClusterOptions) => Promise<DevCluster>;
  readonly built: (name: string, options: ClusterOptions) => Promise<DevCluster>;
}

const realStarters: Starters = { given: useGivenCluster, k3s: startK3sCluster, built: startBuiltCluster };

/** A provider that was asked for by name is the only one that is tried. */
export async function startByFirstProvider(
  name: string,
  options: ClusterOptions,
  starters: Starters = realStarters,
): Promise<DevCluster> {
  const kubeconfig = options.kubeconfig ?? process.env['NEURO_TEST_KUBECONFIG'];
  if (options.provider === 'given' || (options.provider === undefined && kubeconfig)) {
    if (kubeconfig) return starters.given(name, kubeconfig, options);
    throw new DevClusterError(
      'Unsupported',
      'Provider given: say which cluster by --kubeconfig or NEURO_TEST_KUBECONFIG.',
    );
  }
  if (options.provider === 'k3s') return starters.k3s(name, options);
  if (options.provider === undefined && (await k3sIsChosen(options))) {
    try {
      return await starters.k3s(name, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message.split('\n')[0]?.trim() : String(error);
      options.onProgress?.(`K3s did not start (${reason}): building the cluster here`);
    }
  }
  return starters.built(name, options);
}

/** A control plane alone can be stopped, restarted and compacted, which only the one that is built here allows. */
async function k3sIsChosen(options: ClusterOptions): Promise<boolean> {
  return options.node !== false && (await k3sServes(options.onProgress ?? (() => undefined)));
}
