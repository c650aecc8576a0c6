/** Runs the bundled command as a user types it, with that user's own kubeconfig. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DevCluster } from '../../tools/devcluster/index.ts';

const bundle = fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url));

export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  readonly bytes: Buffer;
}

export type Person = (words: readonly string[], input?: Uint8Array | string, cwd?: string) => Promise<Typed>;

/** A line as it is typed in a POSIX shell, with `neuro` in the path; `$` and quotes mean what they mean there. */
export type Shell = (line: string, cwd?: string) => Promise<Typed>;

export function person(cluster: DevCluster, user: string): Person {
  const env = environment(cluster, user);
  return (words, input = '', cwd) => ended(process.execPath, ['--', bundle, ...words], { env, cwd }, input);
}

export function shellOf(cluster: DevCluster, user: string): Shell {
  const env = environment(cluster, user);
  return (line, cwd) =>
    ended('sh', ['-c', `neuro() { "${process.execPath}" -- "${bundle}" "$@"; }; ${line}`], { env, cwd }, '');
}

export function environment(cluster: DevCluster, user: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECONFIG: cluster.kubeconfigPath(user) };
}

function ended(
  file: string,
  words: readonly string[],
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string | undefined },
  input: Uint8Array | string,
): Promise<Typed> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...words], { env, ...(cwd === undefined ? {} : { cwd }) });
    const out: Buffer[] = [];
    const error: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
    child.on('error', reject);
    // It may end before it has read all of its input.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => {
      const bytes = Buffer.concat(out);
      resolve({ code: code ?? 1, out: bytes.toString(), error: Buffer.concat(error).toString(), bytes });
    });
    child.stdin.end(input);
  });
}
