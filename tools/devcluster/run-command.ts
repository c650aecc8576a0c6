/** Runs a short command to its end. */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
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

/** Its standard output. Throws `MissingTool` where there is no such command, `CommandFailed` where it fails. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { env, signal } = options;
  const child = spawn(command, args, { stdio: 'pipe', ...(env ? { env } : {}), ...(signal ? { signal } : {}) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = new DevClusterError('MissingTool', `Command ${command} was not found; install it and try again.`);
      reject(error.code === 'ENOENT' ? missing : error);
    });
    child.once('close', resolve);
  });
  const fed = feed(child.stdin, options).catch(() => undefined);
  const code = await ended;
  await fed;
  if (code !== 0) {
    const tail = (stderr.trim() || stdout.trim()).slice(-ERROR_TAIL_CHARACTERS);
    throw new DevClusterError('CommandFailed', `\`${command} ${args.join(' ')}\` ended with ${code}: ${tail}`);
  }
  return stdout;
}

async function feed(stdin: NodeJS.WritableStream, { input, inputFile }: CommandOptions): Promise<void> {
  // The exit code reports a command that ends before it has read everything.
  stdin.on('error', () => undefined);
  if (inputFile === undefined) stdin.end(input ?? '');
  else await pipeline(createReadStream(inputFile), stdin);
}
