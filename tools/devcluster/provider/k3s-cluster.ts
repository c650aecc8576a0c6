/** K3s in one Docker container, by testcontainers. Serves where Docker answers and has, or can pull, the image. */
import { KUBERNETES_VERSION } from '../build/components.ts';
import type { ClusterOptions, DevCluster } from '../dev-cluster.ts';
import { writeState } from '../state/cluster-folder.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import type { ClusterState } from '../state/cluster-state.ts';
import { kubectlPath } from './built-cluster.ts';
import { dockerAddress, dockerAnswers, whyNoImage } from './docker.ts';
import { foreignCluster, writeForeignUsers } from './foreign-cluster.ts';
import { someKubectl } from './given-cluster.ts';
import { loadImageIntoContainer } from './k3s-container.ts';
import { superviseStart } from './supervised-start.ts';

function k3sImage(env: NodeJS.ProcessEnv = process.env): string {
  return env['NEURO_K3S_IMAGE'] ?? `rancher/k3s:${KUBERNETES_VERSION}-k3s1`;
}

/** True when K3s can be started. Says in one line why not, but not where there simply is no Docker. */
export async function k3sServes(onProgress: (line: string) => void): Promise<boolean> {
  const address = dockerAddress();
  if (address === undefined || !(await dockerAnswers(address))) return false;
  const reason = await whyNoImage(address, k3sImage());
  if (reason !== undefined)
    onProgress(`Docker answers but ${k3sImage()} is not available (${reason}): building the cluster here`);
  return reason === undefined;
}

export async function startK3sCluster(name: string, options: ClusterOptions): Promise<DevCluster> {
  const kubectl = await someKubectl(options);
  options.onProgress?.(`starting ${k3sImage()} in Docker`);
  // Imported only here: it is slow to load, and a development dependency.
  const { K3sContainer } = await import('@testcontainers/k3s');
  const apiServerArgs = (options.apiServerFlags ?? []).map((flag) => `--kube-apiserver-arg=${flag.replace(/^--/, '')}`);
  const containerName = `neuro-devcluster-${name}`;
  const container = new K3sContainer(k3sImage())
    .withName(containerName)
    .withCommand(['server', '--disable=traefik', ...apiServerArgs]);
  // The reaper of testcontainers ends what belongs to this process; a container for reuse belongs to nobody.
  if (options.endWithParent === false) container.withReuse();
  return superviseStart(name, options, async (folder) => {
    const state: ClusterState = {
      name,
      provider: 'k3s',
      createdAt: new Date().toISOString(),
      server: '',
      hasNode: true,
      kubectlPath: kubectl,
      containerId: containerName,
      apiServerFlags: options.apiServerFlags ?? [],
      ready: false,
    };
    // Before the start, which may leave a container even when it fails.
    writeState(folder, state);
    const kubeconfig = (await container.start()).getKubeConfig();
    const ready = { ...state, server: /server:\s*(\S+)/.exec(kubeconfig)?.[1] ?? '', ready: true };
    await writeForeignUsers(folder, kubectl, kubeconfig);
    writeState(folder, ready);
    return k3sCluster(folder, ready);
  });
}

export function k3sCluster(folder: ClusterFolder, state: ClusterState): DevCluster {
  const { containerId = '' } = state;
  return foreignCluster({
    folder,
    provider: 'k3s',
    server: state.server,
    kubectlPath: state.kubectlPath ?? kubectlPath(),
    hasNode: true,
    loadImage: (tarPath) => loadImageIntoContainer(containerId, tarPath),
  });
}
