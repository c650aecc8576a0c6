import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUp } from '../../../tools/devcluster/clean-up.ts';
import { DevClusterError } from '../../../tools/devcluster/errors.ts';
import {
  clusterFolder,
  clusterNames,
  createFolder,
  readState,
  recordProcess,
  recordedProcesses,
} from '../../../tools/devcluster/state/cluster-folder.ts';
import { identify } from '../../../tools/devcluster/state/process-identity.ts';
import { cacheFolder } from '../../../tools/devcluster/state/paths.ts';

describe('the folder of a cluster', () => {
  const before = process.env['XDG_CACHE_HOME'];
  let cache: string;

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'cache-'));
    process.env['XDG_CACHE_HOME'] = cache;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    rmSync(cache, { recursive: true });
  });

  it('lies in the cache of the user and is closed to others', () => {
    const folder = clusterFolder('one');
    createFolder(folder);
    expect(folder.path.startsWith(cacheFolder())).toBe(true);
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    expect(clusterNames()).toEqual(['one']);
  });

  it.each(['', '../x', 'A', '-a', 'a-', 'a b', 'x'.repeat(31)])('refuses the name %j', (name) => {
    expect(() => clusterFolder(name)).toThrow(DevClusterError);
  });

  it('has no state when the file was cut off', () => {
    const folder = clusterFolder('one');
    createFolder(folder);
    writeFileSync(folder.file('state.json'), '{"name":');
    expect(readState(folder)).toBeUndefined();
  });

  it('is cleaned up from what it records, and spares a process that got an old pid', async () => {
    const folder = clusterFolder('one');
    createFolder(folder);
    const [ours, other] = [spawn('sleep', ['60']), spawn('sleep', ['60'])];
    await Promise.all([once(ours, 'spawn'), once(other, 'spawn')]);
    const identity = identify(ours.pid ?? 0);
    if (identity !== undefined) recordProcess(folder, 'etcd', identity);
    recordProcess(folder, 'kube-apiserver', { pid: other.pid ?? 0, startedAt: '1' });
    expect([...recordedProcesses(folder).keys()].sort()).toEqual(['etcd', 'kube-apiserver']);
    const ended = once(ours, 'exit');
    await cleanUp(folder);
    await ended;
    expect(existsSync(folder.path)).toBe(false);
    expect(other.exitCode).toBeNull();
    other.kill();
  });

  it('that does not exist is cleaned up at once', async () => {
    await expect(cleanUp(clusterFolder('none'))).resolves.toBeUndefined();
  });
});
