/**
 * The node's own namespaces for mounts, processes and network. One process holds them; when it ends the kernel ends
 * everything in them: kubelet, containerd, shims and containers, mounts, interfaces, Service rules. So a node cannot
 * leave anything of these behind, however it ends.
 */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { relative } from 'node:path';
import { DevClusterError } from '../errors.ts';
import { allBinFolders } from '../state/paths.ts';
import { assertRunning, environmentOfComponents, startProcess } from '../state/background-process.ts';
import type { ProcessSpec } from '../state/background-process.ts';
import { recordProcess, recordedProcesses } from '../state/cluster-folder.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import { identify, isRunning } from '../state/process-identity.ts';
import { waitUntil } from '../state/wait-until.ts';

/** Where the cluster's folder and the built binaries are seen inside. */
export const INSIDE = { cluster: '/mnt/cluster', bin: '/mnt/bin' } as const;

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
const OVERLAYFS_MAGIC = 0x794c7630;

/**
 * The first process of the node. It hides the machine's /run, /var/lib and /var/log, so that what the kubelet and
 * containerd write to fixed paths there stays inside, then stays and reaps. Arguments: cluster folder, bin folder,
 * file for its pid as the host counts (the /proc that it sees at first is still the host's).
 */
const FIRST_PROCESS = `
set -e
read -r host_pid rest < /proc/self/stat
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/cluster /mnt/bin "$1/kubelet" "$1/containerd"
mount --bind "$1" /mnt/cluster
mount --bind "$2" /mnt/bin
for folder in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done
mkdir -p /run/lock /var/lib/kubelet /var/lib/containerd /var/lib/cni /var/log/pods
mount --bind /mnt/cluster/kubelet /var/lib/kubelet
mount --bind /mnt/cluster/containerd /var/lib/containerd
if [ -e /etc/resolv.conf ]; then
  [ -L /etc/resolv.conf ] && mkdir -p "$(dirname "$(readlink -m /etc/resolv.conf)")" && : > "$(readlink -m /etc/resolv.conf)"
  mount --bind /mnt/cluster/resolv.conf /etc/resolv.conf
fi
mount -t proc proc /proc
echo 1 > /proc/sys/net/ipv4/ip_forward
mount --make-rshared /
echo "$host_pid" > /mnt/cluster/node.pid
while :; do sleep 86400 & wait $! || true; done
`;

/** Pid, as the host counts, of the process whose namespaces are the node's. */
export async function startNamespaces(folder: ClusterFolder, signal?: AbortSignal): Promise<number> {
  const bin = allBinFolders();
  const hidden = [folder.path, bin].find((path) => /^\/(mnt|run|var\/(lib|log))\//.test(path));
  if (hidden !== undefined) {
    throw new DevClusterError(
      'Unsupported',
      `The node cannot work with its files in ${hidden}, because it hides /mnt, /run, /var/lib and /var/log; set XDG_CACHE_HOME to another place.`,
    );
  }
  startProcess(folder, {
    component: 'node',
    command: 'unshare',
    args: [
      ...['--mount', '--pid', '--net', '--fork', '--kill-child=SIGKILL', '--propagation=private'],
      ...['sh', '-c', FIRST_PROCESS, 'node', folder.path, bin],
    ],
  });
  let pid = Number.NaN;
  await waitUntil({ what: "the node's namespaces", timeoutMs: START_TIMEOUT_MS, pollMs: POLL_MS, signal }, () => {
    assertRunning(folder, 'node');
    pid = Number.parseInt(readFileSync(folder.file('node.pid'), 'utf8'), 10);
    return Promise.resolve(pid > 0);
  });
  const identity = identify(pid);
  if (identity !== undefined) recordProcess(folder, 'node-first-process', identity);
  return pid;
}

/** The process of `startNamespaces`, of a cluster that may have been started by another process. */
export function nodePid(folder: ClusterFolder): number {
  const first = recordedProcesses(folder).get('node-first-process');
  if (first !== undefined && isRunning(first)) return first.pid;
  throw new DevClusterError('NotRunning', `Cluster ${folder.name} has no node that runs.`);
}

/** Path inside the node of a binary in the cache. */
export function insidePath(binary: string): string {
  return `${INSIDE.bin}/${relative(allBinFolders(), binary)}`;
}

/** Starts a component inside the node. */
export function startInNode(folder: ClusterFolder, nodePid: number, spec: ProcessSpec): void {
  const [command = '', ...args] = inNode(nodePid, [spec.command, ...spec.args]);
  startProcess(folder, { ...spec, command, args, cwd: '/', env: spec.env ?? environmentOfComponents() });
}

/** The command line that runs another one inside the node. */
export function inNode(nodePid: number, command: readonly string[]): string[] {
  return ['nsenter', `--target=${nodePid}`, '--mount', '--net', '--pid', '--', ...command];
}

/** An overlay file system cannot lie on another one, as in a container. */
export async function snapshotter(folder: ClusterFolder): Promise<'overlayfs' | 'native'> {
  return (await statfs(folder.path)).type === OVERLAYFS_MAGIC ? 'native' : 'overlayfs';
}
