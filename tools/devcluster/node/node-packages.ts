/** The tools of the system that a node needs. Installs them where that is possible. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DevClusterError } from '../errors.ts';
import { installDebianPackages } from './debian-packages.ts';

/** Each with the Debian package that has it. */
const TOOLS: readonly { readonly tool: string; readonly debianPackage: string }[] = [
  { tool: 'containerd', debianPackage: 'containerd' },
  { tool: 'runc', debianPackage: 'runc' },
  { tool: '/usr/lib/cni/ptp', debianPackage: 'containernetworking-plugins' },
  { tool: 'busybox', debianPackage: 'busybox-static' },
  { tool: 'nft', debianPackage: 'nftables' },
  { tool: 'iptables', debianPackage: 'iptables' },
  { tool: 'conntrack', debianPackage: 'conntrack' },
  { tool: 'ip', debianPackage: 'iproute2' },
  { tool: 'mount', debianPackage: 'mount' },
  { tool: 'nsenter', debianPackage: 'util-linux' },
];

/** Pods can run where the user is root on Linux. */
export function nodeIsPossible(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

export async function ensureNodePackages(onProgress: (line: string) => void, signal?: AbortSignal): Promise<void> {
  if (findTool('apt-get') !== undefined) await installDebianPackages({ missing: missingPackages, onProgress, signal });
  const still = missingPackages();
  if (still.length === 0) return;
  throw new DevClusterError(
    'MissingTool',
    `Running Pods needs ${still.join(', ')}; install what your system calls these (on Debian \`apt-get install ${still.join(' ')}\`), or start without Pods by \`--control-plane-only\`.`,
  );
}

/** Absolute path of a tool; root's PATH often lacks the sbin folders. */
export function findTool(name: string): string | undefined {
  if (name.startsWith('/')) return existsSync(name) ? name : undefined;
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
    '/bin',
  ];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

function missingPackages(): string[] {
  return TOOLS.filter(({ tool }) => findTool(tool) === undefined).map(({ debianPackage }) => debianPackage);
}
