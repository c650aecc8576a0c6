/**
 * The folder of one cluster: certificates, kubeconfigs, data, logs and the record of its processes. All that a later
 * run needs to find and end it stands here. Mode 0700, because it holds private keys.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DevClusterError } from '../errors.ts';
import { clustersFolder } from './paths.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { ClusterState } from './cluster-state.ts';

/** A part of host names, device names and cgroup paths, hence short and plain. */
const NAME = /^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/;

export interface ClusterFolder {
  readonly name: string;
  readonly path: string;
  /** Path of a file inside. */
  file(...parts: string[]): string;
}

export function clusterFolder(name: string): ClusterFolder {
  if (!NAME.test(name)) {
    throw new DevClusterError(
      'InvalidName',
      `Cluster name ${JSON.stringify(name)}: expected 1 to 30 of a-z, 0-9 and "-", not at the ends.`,
    );
  }
  const path = join(clustersFolder(), name);
  return { name, path, file: (...parts) => join(path, ...parts) };
}

export function createFolder(folder: ClusterFolder): void {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  for (const part of ['pki', 'kubeconfig', 'logs', 'processes']) mkdirSync(folder.file(part), { mode: 0o700 });
}

/** Names of all clusters that have a folder, running or not. */
export function clusterNames(): string[] {
  try {
    return readdirSync(clustersFolder()).filter((name) => NAME.test(name));
  } catch {
    return [];
  }
}

export function writeState(folder: ClusterFolder, state: ClusterState): void {
  writeWhole(folder.file('state.json'), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** Undefined when there is none, or none that can be read. */
export function readState(folder: ClusterFolder): ClusterState | undefined {
  return readJson(folder.file('state.json')) as ClusterState | undefined;
}

/** One file a process: what one start records never overwrites what another does. */
export function recordProcess(folder: ClusterFolder, component: string, process: ProcessIdentity): void {
  writeWhole(folder.file('processes', `${component}.json`), JSON.stringify(process));
}

export function forgetProcess(folder: ClusterFolder, component: string): void {
  rmSync(folder.file('processes', `${component}.json`), { force: true });
}

export function recordedProcesses(folder: ClusterFolder): ReadonlyMap<string, ProcessIdentity> {
  const result = new Map<string, ProcessIdentity>();
  let files: string[] = [];
  try {
    files = readdirSync(folder.file('processes'));
  } catch {
    // No folder: nothing was started.
  }
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const identity = readJson(folder.file('processes', file)) as ProcessIdentity | undefined;
    if (identity !== undefined) result.set(file.slice(0, -'.json'.length), identity);
  }
  return result;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
