/**
 * A long-running program of somebody else, such as a controller, beside the cluster. It ends with the test process.
 *
 * Promise: `startTool` resolves when `isReady` says so, and throws with what it said when it ends or takes too long.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { untilTrue } from './until.ts';

const startLimitMs = 120_000;
const stopLimitMs = 60_000;
/** Of the log in an error, from both ends: some programs print their whole help after what went wrong. */
const excerptCharacters = 1_500;
/** Of the log in memory: the newest. */
const logCharacters = 2_000_000;

interface ToolOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly isReady: (log: string) => boolean | Promise<boolean>;
}

export interface RunningTool {
  log(): string;
  isRunning(): boolean;
  /** SIGTERM, then SIGKILL. */
  stop(): Promise<void>;
}

export async function startTool({ command, args, env, cwd, isReady }: ToolOptions): Promise<RunningTool> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      log = (log + chunk).slice(-logCharacters);
    });
  }
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const isRunning = (): boolean => failure === undefined && child.exitCode === null && child.signalCode === null;
  const stop = async (): Promise<void> => {
    process.off('exit', killWithParent);
    if (!isRunning()) return;
    const ended = once(child, 'close');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  };
  try {
    await untilTrue(
      async () => {
        if (await isReady(log)) return true;
        if (!isRunning()) throw failure ?? new Error('it ended by itself');
        return false;
      },
      'it is ready',
      startLimitMs,
    );
  } catch (cause) {
    await stop();
    const excerpt = `${log.slice(0, excerptCharacters)}\n…\n${log.slice(-excerptCharacters)}`;
    throw new Error(`${command} ${args.join(' ')} did not start: ${String(cause)}; it said:\n${excerpt}`, { cause });
  }
  return { log: () => log, isRunning, stop };
}

/** Whether something answers 2xx there. */
export function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
