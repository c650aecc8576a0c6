/**
 * Starts and ends the long-running processes of a cluster. Each has its own session (a Ctrl-C in the terminal does not
 * reach it), its own log, and is on record before anything else happens.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DevClusterError } from '../errors.ts';
import { forgetProcess, recordProcess, recordedProcesses } from './cluster-folder.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { identify, isRunning, signalProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Between looks at whether a process is gone. */
const POLL_MS = 20;
const LOG_TAIL_LINES = 8;
/** What the end of a log asks of whoever starts clusters. */
const adviceOf: readonly (readonly [sign: RegExp, advice: string])[] = [
  [
    /inotify_init: too many open files/,
    'This machine has no inotify instance left, and each node needs some: `sysctl -w fs.inotify.max_user_instances=1024` allows more.',
  ],
];

export interface ProcessSpec {
  /** Name in the record and of the log file. */
  readonly component: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export function startProcess(folder: ClusterFolder, spec: ProcessSpec): ChildProcess {
  const log = openSync(logPath(folder, spec.component), 'a', 0o600);
  try {
    const child = spawn(spec.command, spec.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: spec.env ?? environmentOfComponents(),
      cwd: spec.cwd ?? folder.path,
    });
    // A command that cannot be started shows by its absence from the record.
    child.on('error', () => undefined);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity !== undefined) recordProcess(folder, spec.component, identity);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Throws `ComponentExited` with the end of its log when the component does not run. */
export function assertRunning(folder: ClusterFolder, component: string): void {
  const identity = recordedProcesses(folder).get(component);
  if (identity !== undefined && isRunning(identity)) return;
  const tail = logTail(folder, component);
  const advice = adviceOf.flatMap(([sign, words]) => (sign.test(tail) ? [`\n${words}`] : [])).join('');
  throw new DevClusterError(
    'ComponentExited',
    `${component} ended by itself; its log ${logPath(folder, component)} ends with:\n${tail}${advice}`,
  );
}

/** Ends the process and waits until it is gone: SIGTERM, then SIGKILL after the grace. */
export async function stopProcess(folder: ClusterFolder, component: string, graceMs: number): Promise<void> {
  const identity = recordedProcesses(folder).get(component);
  if (identity !== undefined) await endProcess(identity, graceMs);
  forgetProcess(folder, component);
}

export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  if (graceMs > 0) signalProcess(identity, 'SIGTERM');
  while (isRunning(identity)) {
    if (Date.now() >= deadline) signalProcess(identity, 'SIGKILL');
    await sleep(POLL_MS);
  }
}

function logTail(folder: ClusterFolder, component: string): string {
  try {
    return readFileSync(logPath(folder, component), 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  } catch {
    return '(no log)';
  }
}

/** Proxies are for the way out; our components speak to each other on this machine alone. */
export function environmentOfComponents(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(https?|all|no)_proxy$/i.test(name)));
}

function logPath(folder: ClusterFolder, component: string): string {
  return folder.file('logs', `${component}.log`);
}
