/** Runs the Go command in a generated module. */
import { spawn } from 'node:child_process';
import { availableParallelism, freemem, setPriority } from 'node:os';
import { DevClusterError } from '../errors.ts';

/** Of the compiler's output in an error. */
const ERROR_TAIL_LINES = 15;

/** Below this a compiler of a large package would collect garbage all the time. */
const LEAST_COMPILER_BYTES = 512 * 2 ** 20;

export interface GoRun {
  readonly go: string;
  readonly folder: string;
  /** Default: `auto`, by which an older Go fetches the toolchain that the go.mod names. */
  readonly toolchain?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly niceness: number;
}

/** Resolves with the standard output; throws `BuildFailed` with the end of what the compiler said. */
export async function runGo(
  { go, folder, toolchain = 'auto', signal, niceness }: GoRun,
  args: readonly string[],
): Promise<string> {
  const env = { ...process.env, ...collectorLimits(), CGO_ENABLED: '0', GOTOOLCHAIN: toolchain, GOWORK: 'off' };
  const child = spawn(go, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) });
  // Before it starts the compilers, which inherit it.
  if (niceness > 0 && child.pid !== undefined) setPriority(child.pid, niceness);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    const tail = stderr.trim().split('\n').slice(-ERROR_TAIL_LINES).join('\n');
    throw new DevClusterError('BuildFailed', `\`go ${args.join(' ')}\` in ${folder} ended with ${code}:\n${tail}`);
  }
  return stdout;
}

/**
 * The garbage collector takes a sixth of a compiler's time. Where there is memory, a compiler, of which there is one a core, collects
 * only when it has used its part of half of what is free.
 */
function collectorLimits(): NodeJS.ProcessEnv {
  const bytes = Math.floor(freemem() / 2 / availableParallelism());
  return bytes < LEAST_COMPILER_BYTES ? {} : { GOGC: 'off', GOMEMLIMIT: String(bytes) };
}
