/** A cluster whose components were built from their Go modules and run as processes of this machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp } from '../clean-up.ts';
import { binaryPath, ensureBuilt } from '../build/build.ts';
import { CONTROL_PLANE, NODE } from '../build/components.ts';
import {
  compactEtcd,
  startApiServer,
  startControlPlane,
  startEtcd,
  stopApiServer,
  waitForServiceAccount,
} from '../control-plane/control-plane.ts';
import type { ClusterOptions, DevCluster } from '../dev-cluster.ts';
import { DevClusterError } from '../errors.ts';
import { addUser, createClusterPki, kubeconfigFile } from '../pki/cluster-pki.ts';
import { clusterFolder, createFolder, writeState } from '../state/cluster-folder.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import type { ClusterState } from '../state/cluster-state.ts';
import { freePorts } from '../state/free-ports.ts';
import { supervise } from '../supervise.ts';

export async function startBuiltCluster(name: string, options: ClusterOptions): Promise<DevCluster> {
  const withNode = options.node ?? false;
  const { signal, onProgress } = options;
  await ensureBuilt(withNode ? [...CONTROL_PLANE, ...NODE] : CONTROL_PLANE, { signal, onProgress });
  const folder = clusterFolder(name);
  createFolder(folder);
  const supervision = supervise(folder);
  try {
    const state = await startEverything(folder, options);
    writeState(folder, { ...state, ready: true });
    if (options.endWithParent === false) await supervision.release();
    return builtCluster(folder, state);
  } catch (error) {
    await cleanUp(folder);
    throw error;
  }
}

async function startEverything(folder: ClusterFolder, options: ClusterOptions): Promise<ClusterState> {
  const [apiServer = 0, etcdClient = 0, etcdPeer = 0] = await freePorts(3);
  const state: ClusterState = {
    name: folder.name,
    provider: 'built',
    createdAt: new Date().toISOString(),
    server: `https://127.0.0.1:${apiServer}`,
    ports: { apiServer, etcdClient, etcdPeer },
    serviceCidr: '10.96.0.0/16',
    hasNode: false,
    apiServerFlags: options.apiServerFlags ?? [],
    ready: false,
  };
  writeState(folder, state);
  startEtcd(folder, state);
  await createClusterPki({ folder, server: state.server, serverAddresses: ['127.0.0.1', '10.96.0.1'] });
  await startControlPlane(folder, state, options.signal);
  await waitForServiceAccount(folder, options.signal);
  return state;
}

/** The handle of a cluster that runs. */
export function builtCluster(folder: ClusterFolder, state: ClusterState): DevCluster {
  const etcdEndpoint = `http://127.0.0.1:${state.ports.etcdClient}`;
  return {
    name: folder.name,
    server: state.server,
    provider: 'built',
    hasNode: state.hasNode,
    kubectlPath: kubectlPath(),
    etcdEndpoint,
    kubeconfigPath: (user = 'admin') => existingKubeconfig(folder, user),
    addUser: (user, groups = []) => addUser(folder, state.server, user, groups),
    loadImage: () => Promise.reject(new DevClusterError('Unsupported', `Cluster ${folder.name} runs no Pods.`)),
    restartApiServer: async () => {
      await stopApiServer(folder);
      await startApiServer(folder, state);
    },
    stopApiServer: () => stopApiServer(folder),
    startApiServer: () => startApiServer(folder, state),
    compactEtcd: () => compactEtcd(etcdEndpoint),
    down: () => cleanUp(folder),
  };
}

export function kubectlPath(): string {
  const component = CONTROL_PLANE.find(({ name }) => name === 'kubectl');
  return component === undefined ? join('kubectl') : binaryPath(component);
}

function existingKubeconfig(folder: ClusterFolder, user: string): string {
  const path = kubeconfigFile(folder, user);
  if (existsSync(path)) return path;
  throw new DevClusterError(
    'NotRunning',
    `Cluster ${folder.name} has no user ${user}; add it with \`npm run cluster -- add-user ${user}\`.`,
  );
}
