/** A cluster ends with the process that started it; here a process that sleeps is the cluster. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clusterFolder, recordedProcesses } from '../../../tools/devcluster/state/cluster-folder.ts';
import { isRunning } from '../../../tools/devcluster/state/process-identity.ts';
import { until } from '../../support/until.ts';

const starter = join(import.meta.dirname, 'supervised-process.ts');
const former = process.env['XDG_CACHE_HOME'];
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'supervised-'));
  process.env['XDG_CACHE_HOME'] = cache;
});
afterEach(() => {
  if (former === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = former;
  rmSync(cache, { recursive: true, force: true });
});

it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'ends with the process that started it, when that gets %s, and leaves no folder',
  async (signal) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    try {
      const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
      const folder = clusterFolder('supervised');
      expect(line.trim()).toBe(folder.path);
      const started = recordedProcesses(folder);
      expect([...started.keys()].sort()).toEqual(['sleep', 'supervisor']);
      expect([...started.values()].every(isRunning)).toBe(true);
      child.kill(signal);
      await until(() => ![...started.values()].some(isRunning), 'all have ended');
      expect(existsSync(folder.path)).toBe(false);
    } finally {
      child.kill('SIGKILL');
    }
  },
);
