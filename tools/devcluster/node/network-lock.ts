/** Choosing a node's addresses, and what all nodes of this machine share, is for one process at a time. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFolder, clusterNames, readState } from '../state/cluster-folder.ts';
import { withFileLock } from '../state/file-lock.ts';
import { cacheFolder } from '../state/paths.ts';

/** It is held for milliseconds. */
const TIMEOUT_MS = 60_000;

/** `taken` are the network indexes of all clusters that have a node. */
export function withNetworkLock<T>(work: (taken: ReadonlySet<number>) => Promise<T>, signal?: AbortSignal): Promise<T> {
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  return withFileLock(join(cacheFolder(), 'network.lock'), { timeoutMs: TIMEOUT_MS, signal }, () => {
    const indexes = clusterNames().flatMap((name) => readState(clusterFolder(name))?.network?.index ?? []);
    return work(new Set(indexes));
  });
}
