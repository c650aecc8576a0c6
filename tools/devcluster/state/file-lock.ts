/**
 * A lock between processes: a file that names its holder. A holder that died without giving it back is noticed by
 * its process identity. Not for network file systems.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../../../src/defined.ts';
import { DevClusterError } from '../errors.ts';
import { identify, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

const POLL_MS = 200;

interface LockOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once when someone else holds the lock. */
  readonly onWait?: (holder: ProcessIdentity) => void;
}

export async function withFileLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  let told = false;
  while (!tryLock(path)) {
    options.signal?.throwIfAborted();
    const holder = readHolder(path);
    if (holder !== undefined && isRunning(holder)) {
      if (!told) options.onWait?.(holder);
      told = true;
    } else {
      breakStale(path);
      continue;
    }
    if (Date.now() > deadline) {
      throw new DevClusterError(
        'LockTimeout',
        `Waiting for ${path}: process ${holder.pid} has held it for more than ${options.timeoutMs / 1000} s; end that process or try again later.`,
      );
    }
    await sleep(POLL_MS, undefined, defined({ signal: options.signal }));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A link is made or refused at once, with its content already in it. */
function tryLock(path: string): boolean {
  const mine = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(mine, JSON.stringify(identify(process.pid)));
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

/** Two waiters may see the same stale lock; the one whose rename takes away a fresh one puts it back. */
function breakStale(path: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    // Another waiter has broken it, or its holder gave it back.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = readHolder(aside);
  if (taken !== undefined && isRunning(taken)) {
    try {
      linkSync(aside, path);
    } catch {
      // Someone took it meanwhile: both hold it now, which only costs a build done twice into two temporary names.
    }
  }
  rmSync(aside, { force: true });
}
