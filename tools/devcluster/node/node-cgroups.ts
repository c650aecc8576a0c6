/** The cgroup below which the kubelet puts Pods: made before it starts, and removed with all below it. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 50;
const PAUSE_MS = 20;
const V2_CONTROLLERS = ['cpuset', 'cpu', 'io', 'memory', 'pids', 'hugetlb'];

export function cgroupRoot(clusterName: string): string {
  return `/neurodev-${clusterName}`;
}

export function createCgroups(clusterName: string): void {
  for (const mount of cgroupMounts(readFileSync('/proc/self/mounts', 'utf8'))) {
    try {
      if (mount.version === 2 && mount.isOnly) delegate(mount.path);
      mkdirSync(join(mount.path, cgroupRoot(clusterName)), { recursive: true });
      if (mount.version === 2 && mount.isOnly) delegate(join(mount.path, cgroupRoot(clusterName)));
    } catch {
      // A hierarchy that is read-only here is one that the kubelet does not use either, or names in its log.
    }
  }
}

/** Processes in them are gone already; the kernel needs a moment to notice. */
export async function removeCgroups(clusterName: string): Promise<void> {
  for (const { path } of cgroupMounts(readFileSync('/proc/self/mounts', 'utf8'))) {
    const root = join(path, cgroupRoot(clusterName));
    for (let attempt = 0; attempt < ATTEMPTS && existsSync(root); attempt++) {
      if (removeTree(root)) break;
      await sleep(PAUSE_MS);
    }
  }
}

interface CgroupMount {
  readonly path: string;
  readonly version: 1 | 2;
  /** Version 2 beside version 1 holds no controllers. */
  readonly isOnly: boolean;
}

export function cgroupMounts(mounts: string): CgroupMount[] {
  const lines = mounts.split('\n').map((line) => line.split(' '));
  const of = (type: string): string[] => [
    ...new Set(lines.flatMap(([, path, t]) => (t === type && path ? [path] : []))),
  ];
  const v1 = of('cgroup');
  return [
    ...v1.map((path) => ({ path, version: 1 as const, isOnly: false })),
    ...of('cgroup2').map((path) => ({ path, version: 2 as const, isOnly: v1.length === 0 })),
  ];
}

function delegate(path: string): void {
  for (const controller of V2_CONTROLLERS) {
    try {
      writeFileSync(join(path, 'cgroup.subtree_control'), `+${controller}`);
    } catch {
      // Not there, or not ours to give.
    }
  }
}

/** Only empty cgroups can be removed, the innermost first. */
function removeTree(folder: string): boolean {
  let gone = true;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) gone = removeTree(join(folder, entry.name)) && gone;
  }
  try {
    rmdirSync(folder);
  } catch {
    gone = false;
  }
  return gone;
}
