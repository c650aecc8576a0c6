/** A cluster of someone else, named on purpose. It is used as it is; `down` only forgets what was written here. */
import { ensureBuilt } from '../build/build.ts';
import { KUBECTL } from '../build/components.ts';
import type { ClusterOptions, DevCluster } from '../dev-cluster.ts';
import { DevClusterError } from '../errors.ts';
import { findTool } from '../node/node-packages.ts';
import { runCommand } from '../run-command.ts';
import { writeState } from '../state/cluster-folder.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import type { ClusterState } from '../state/cluster-state.ts';
import { kubectlPath } from './built-cluster.ts';
import { foreignCluster, kubectlOf, writeForeignUsers } from './foreign-cluster.ts';
import { superviseStart } from './supervised-start.ts';
import { serverOf } from './user-by-request.ts';

export async function useGivenCluster(name: string, kubeconfig: string, options: ClusterOptions): Promise<DevCluster> {
  const kubectl = await someKubectl(options);
  return superviseStart(name, options, async (folder) => {
    // One file without references to others, of the current context alone.
    const view = ['config', 'view', '--minify', '--flatten', '--raw'];
    await writeForeignUsers(folder, kubectl, await runCommand(kubectl, [`--kubeconfig=${kubeconfig}`, ...view]));
    const run = kubectlOf(folder, kubectl);
    const { server } = await serverOf(run);
    const nodes = await run(['get', 'nodes', '--output=name']);
    const state: ClusterState = {
      name,
      provider: 'given',
      createdAt: new Date().toISOString(),
      server,
      hasNode: nodes !== '',
      kubectlPath: kubectl,
      apiServerFlags: [],
      ready: true,
    };
    writeState(folder, state);
    return givenCluster(folder, state);
  });
}

export function givenCluster(folder: ClusterFolder, state: ClusterState): DevCluster {
  return foreignCluster({
    folder,
    provider: 'given',
    server: state.server,
    kubectlPath: state.kubectlPath ?? kubectlPath(),
    hasNode: state.hasNode,
    loadImage: (tarPath) =>
      Promise.reject(
        new DevClusterError(
          'Unsupported',
          `Loading ${tarPath}: a given cluster takes images from its registry; push it there.`,
        ),
      ),
  });
}

/** The user's own, so that nothing need be built; else ours. */
export async function someKubectl(options: ClusterOptions): Promise<string> {
  const found = findTool('kubectl');
  if (found !== undefined) return found;
  await ensureBuilt([KUBECTL], { signal: options.signal, onProgress: options.onProgress });
  return kubectlPath();
}
