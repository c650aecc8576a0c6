/** Starts the supervisor of a cluster. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { environmentOfComponents } from './state/background-process.ts';
import { recordProcess } from './state/cluster-folder.ts';
import type { ClusterFolder } from './state/cluster-folder.ts';
import { identify } from './state/process-identity.ts';

interface Supervision {
  /** The cluster may outlive this process from now on. */
  release(): Promise<void>;
}

export function supervise(folder: ClusterFolder): Supervision {
  const log = openSync(folder.file('logs', 'supervisor.log'), 'a', 0o600);
  // In a test runner `execArgv` holds the runner's flags, which are not for this child.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'supervisor.ts'), folder.name], {
    detached: true,
    stdio: ['pipe', log, log],
    cwd: '/',
    env: { ...environmentOfComponents(), NODE_OPTIONS: '' },
  });
  closeSync(log);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity !== undefined) recordProcess(folder, 'supervisor', identity);
  child.unref();
  const pipe = child.stdin;
  // The pipe must not keep the parent alive, nor fail it when the supervisor is gone.
  pipe?.on('error', () => undefined);
  if (pipe instanceof Socket) pipe.unref();
  return {
    release: async () => {
      child.ref();
      // It takes itself off the record before it ends.
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
      pipe?.end('release\n');
      await ended;
    },
  };
}
