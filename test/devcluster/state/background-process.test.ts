import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertRunning } from '../../../tools/devcluster/state/background-process.ts';
import { clusterFolder, createFolder } from '../../../tools/devcluster/state/cluster-folder.ts';

describe('a component that ends by itself', () => {
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

  function errorAfter(log: string): unknown {
    const folder = clusterFolder('one');
    createFolder(folder);
    const path = folder.file('logs', 'kubelet.log');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, log);
    try {
      assertRunning(folder, 'kubelet');
      return undefined;
    } catch (error) {
      return error;
    }
  }

  it('is an error with the end of its log', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${String(index)}`).join('\n');
    expect(errorAfter(lines)).toMatchObject({
      code: 'ComponentExited',
      message: expect.stringMatching(/line 12\n.*line 19$/s),
    });
  });

  it('names the limit of this machine that ended it', () => {
    const error = errorAfter('"Failed to start cAdvisor" err="inotify_init: too many open files"\n');
    expect(error).toMatchObject({ message: expect.stringContaining('sysctl -w fs.inotify.max_user_instances=') });
  });
});
