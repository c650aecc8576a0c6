/**
 * Where the development cluster keeps things on disk: built binaries in the user's cache folder, shared by all
 * clusters and kept, and one folder a running cluster.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_CACHE_HOME/neuro-operator/devcluster`, else below `~/.cache`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  // The XDG specification says that a relative path is to be ignored.
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'neuro-operator', 'devcluster');
}

/** All finished binaries. */
export function allBinFolders(): string {
  return join(cacheFolder(), 'bin');
}

/** Those of one module and version. */
export function binFolder(moduleName: string, version: string): string {
  return join(allBinFolders(), `${moduleName}-${version}`);
}

/** The generated go.mod, go.sum and half-built outputs of a module. */
export function buildFolder(moduleName: string, version: string): string {
  return join(cacheFolder(), 'build', `${moduleName}-${version}`);
}

/** Folder that holds one folder a cluster. */
export function clustersFolder(): string {
  return join(cacheFolder(), 'clusters');
}
