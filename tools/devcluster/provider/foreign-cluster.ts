/** What a cluster that others run (a given one, or K3s in Docker) can do for us: all that kubectl can. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { defined } from '../../../src/defined.ts';
import type { DevCluster, ProviderName } from '../dev-cluster.ts';
import { DevClusterError } from '../errors.ts';
import { kubeconfigFile } from '../pki/cluster-pki.ts';
import { removeCluster } from '../remove-cluster.ts';
import { runCommand } from '../run-command.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import { addUserByRequest } from './user-by-request.ts';

interface ForeignClusterInput {
  readonly folder: ClusterFolder;
  readonly provider: ProviderName;
  readonly server: string;
  readonly kubectlPath: string;
  readonly hasNode: boolean;
  readonly loadImage: (tarPath: string) => Promise<void>;
}

export function foreignCluster(input: ForeignClusterInput): DevCluster {
  const { folder, provider, kubectlPath } = input;
  const refuse = (what: string) => (): Promise<never> =>
    Promise.reject(
      new DevClusterError(
        'Unsupported',
        `${what} is possible only on a cluster that was built here, not on provider ${provider}.`,
      ),
    );
  return {
    name: folder.name,
    server: input.server,
    provider,
    hasNode: input.hasNode,
    kubectlPath,
    etcdEndpoint: undefined,
    kubeconfigPath: (user = 'admin') => {
      const path = kubeconfigFile(folder, user);
      if (existsSync(path)) return path;
      throw new DevClusterError('NotRunning', `Cluster ${folder.name} has no user ${user}; add that user first.`);
    },
    addUser: (user, groups = []) => addUserByRequest(folder, kubectlOf(folder, kubectlPath), user, groups),
    loadImage: input.loadImage,
    restartApiServer: refuse('Restarting the API server'),
    stopApiServer: refuse('Stopping the API server'),
    startApiServer: refuse('Starting the API server'),
    compactEtcd: refuse('Compacting etcd'),
    down: () => removeCluster(folder.name),
  };
}

/** The administrator's kubeconfig goes into the folder, and alice and bob get theirs. */
export async function writeForeignUsers(
  folder: ClusterFolder,
  kubectlPath: string,
  adminKubeconfig: string,
): Promise<void> {
  mkdirSync(folder.file('kubeconfig'), { recursive: true, mode: 0o700 });
  writeFileSync(kubeconfigFile(folder, 'admin'), adminKubeconfig, { mode: 0o600 });
  const kubectl = kubectlOf(folder, kubectlPath);
  for (const user of ['alice', 'bob']) await addUserByRequest(folder, kubectl, user, []);
}

export function kubectlOf(
  folder: ClusterFolder,
  kubectlPath: string,
): (args: readonly string[], input?: string) => Promise<string> {
  const kubeconfig = kubeconfigFile(folder, 'admin');
  return (args, input) => runCommand(kubectlPath, [`--kubeconfig=${kubeconfig}`, ...args], defined({ input }));
}
