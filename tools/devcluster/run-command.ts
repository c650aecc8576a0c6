/** Runs a short command to its end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { defined } from '../../src/defined.ts';
import { DevClusterError } from './errors.ts';

const ERROR_TAIL_CHARACTERS = 600;

interface CommandOptions {
  /** Text for the standard input. */
  readonly input?: string;
  /** File that becomes the standard input. */
  readonly inputFile?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves with its standard output. Rejects with `MissingTool` where there is no such command, with `CommandFailed` where it fails, and with the
 * error of the system where `inputFile` cannot be opened.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = start(command, args, options);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = new DevClusterError('MissingTool', `Command ${command} was not found; install it and try again.`);
      reject(error.code === 'ENOENT' ? missing : error);
    });
    child.once('close', resolve);
  });
  // The exit code reports a command that ends before it has read everything.
  child.stdin?.on('error', () => undefined).end(options.input ?? '');
  const code = await ended;
  if (code !== 0) {
    const tail = (stderr.trim() || stdout.trim()).slice(-ERROR_TAIL_CHARACTERS);
    throw new DevClusterError('CommandFailed', `\`${command} ${args.join(' ')}\` ended with ${code}: ${tail}`);
  }
  return stdout;
}

/** The command reads the input file itself, so it has no `stdin` then. */
function start(command: string, args: readonly string[], { inputFile, env, signal }: CommandOptions): ChildProcess {
  const file = inputFile === undefined ? undefined : openSync(inputFile, 'r');
  try {
    return spawn(command, args, { stdio: [file ?? 'pipe', 'pipe', 'pipe'], ...defined({ env, signal }) });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
