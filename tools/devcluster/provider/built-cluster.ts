/** A cluster whose components were built from their Go modules and run as processes of this machine. */
import { existsSync } from 'node:fs';
import { defined } from '../../../src/defined.ts';
import { cleanUp } from '../clean-up.ts';
import { allOrNone } from '../all-or-none.ts';
import { binaryPath } from '../build/binaries.ts';
import { ensureBuilt } from '../build/build.ts';
import { CONTROL_PLANE, KUBECTL, NODE } from '../build/components.ts';
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
import { loadImageIntoNode, nodeName, startKubelet, startNodeRuntime, waitForNode } from '../node/node.ts';
import type { StateWithNode } from '../node/node.ts';
import { switchForwardingOn } from '../node/host-forwarding.ts';
import { withNetworkLock } from '../node/network-lock.ts';
import { usedRanges } from '../node/node-link.ts';
import { MAX_NODES, chooseNetwork } from '../node/node-network.ts';
import type { NodeNetwork } from '../node/node-network.ts';
import { ensureNodePackages, nodeIsPossible } from '../node/node-packages.ts';
import { addUser, createClusterPki, kubeconfigFile } from '../pki/cluster-pki.ts';
import type { PkiInput } from '../pki/cluster-pki.ts';
import { writeState } from '../state/cluster-folder.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import type { BuiltState } from '../state/cluster-state.ts';
import { freePorts } from '../state/free-ports.ts';
import { superviseStart } from './supervised-start.ts';

const SERVICE_CIDR_WITHOUT_NODE = '10.96.0.0/16';
const API_SERVICE_WITHOUT_NODE = '10.96.0.1';

export async function startBuiltCluster(name: string, options: ClusterOptions): Promise<DevCluster> {
  const withNode = options.node ?? nodeIsPossible();
  const { signal, onProgress = () => undefined } = options;
  if (withNode && !nodeIsPossible()) {
    throw new DevClusterError('Unsupported', 'Running Pods needs Linux and root; start without Pods, or as root.');
  }
  if (!withNode) onProgress('no node: Pods are made but do not run');
  await allOrNone(
    [
      (either) => ensureBuilt([...CONTROL_PLANE, ...(withNode ? NODE : [])], { signal: either, onProgress }),
      ...(withNode ? [(either: AbortSignal) => ensureNodePackages(onProgress, either)] : []),
    ],
    signal,
  );
  return superviseStart(name, options, async (folder) => {
    const state = await startEverything(folder, options, withNode);
    writeState(folder, { ...state, ready: true });
    return builtCluster(folder, state);
  });
}

async function startEverything(folder: ClusterFolder, options: ClusterOptions, withNode: boolean): Promise<BuiltState> {
  const { signal } = options;
  const state = await newState(folder, options, withNode);
  startEtcd(folder, state);
  await createClusterPki(pkiInput(folder, state));
  if (!hasNetwork(state)) {
    await startControlPlane(folder, state, signal);
    await waitForServiceAccount(folder, signal);
    return state;
  }
  const [nodePid] = await allOrFirstError([
    startNodeRuntime(folder, state, signal),
    startControlPlane(folder, state, signal),
  ]);
  startKubelet(folder, state, nodePid);
  await allOrFirstError([waitForServiceAccount(folder, signal), waitForNode(folder, signal)]);
  return state;
}

function hasNetwork(state: BuiltState): state is StateWithNode {
  return state.network !== undefined;
}

/** Chosen and written under a lock, so that two starts do not take one network. */
async function newState(folder: ClusterFolder, options: ClusterOptions, withNode: boolean): Promise<BuiltState> {
  const [apiServer = 0, etcdClient = 0, etcdPeer = 0] = await freePorts(3);
  const write = (network: NodeNetwork | undefined): BuiltState => {
    const state: BuiltState = {
      name: folder.name,
      provider: 'built',
      createdAt: new Date().toISOString(),
      server: `https://127.0.0.1:${apiServer}`,
      ports: { apiServer, etcdClient, etcdPeer },
      serviceCidr: network?.serviceCidr ?? SERVICE_CIDR_WITHOUT_NODE,
      hasNode: withNode,
      apiServerFlags: options.apiServerFlags ?? [],
      controllerManagerFlags: options.controllerManagerFlags ?? [],
      etcdFlags: options.etcdFlags ?? [],
      ...defined({ network }),
      ready: false,
    };
    writeState(folder, state);
    return state;
  };
  if (!withNode) return write(undefined);
  return withNetworkLock(async (taken) => {
    const state = write(await freeNetwork(taken));
    switchForwardingOn(taken.size === 0);
    return state;
  }, options.signal);
}

async function freeNetwork(taken: ReadonlySet<number>): Promise<NodeNetwork> {
  const network = chooseNetwork(taken, await usedRanges());
  if (network !== undefined) return network;
  throw new DevClusterError(
    'Unsupported',
    `All ${MAX_NODES} address ranges for nodes (10.210.0.0 to 10.212.15.255) are used on this machine; end a cluster with \`npm run cluster -- down --all\`, or start one with --control-plane-only.`,
  );
}

function pkiInput(folder: ClusterFolder, { server, ports, network }: BuiltState): PkiInput {
  if (network === undefined) return { folder, server, serverAddresses: ['127.0.0.1', API_SERVICE_WITHOUT_NODE] };
  return {
    folder,
    server,
    serverAddresses: ['127.0.0.1', network.hostAddress, network.apiServiceAddress],
    node: {
      name: nodeName(folder.name),
      address: network.nodeAddress,
      server: `https://${network.hostAddress}:${ports.apiServer}`,
    },
  };
}

/** Unlike `Promise.all`, ends only when all have ended, so that nothing still starts while an error cleans up. */
async function allOrFirstError<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** The handle of a cluster that runs. */
export function builtCluster(folder: ClusterFolder, state: BuiltState): DevCluster {
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
    loadImage: (tarPath) => loadImageIntoNode(folder, tarPath),
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
  return binaryPath(KUBECTL);
}

function existingKubeconfig(folder: ClusterFolder, user: string): string {
  const path = kubeconfigFile(folder, user);
  if (existsSync(path)) return path;
  throw new DevClusterError(
    'NotRunning',
    `Cluster ${folder.name} has no user ${user}; add it with \`npm run cluster -- add-user ${user}\`.`,
  );
}
