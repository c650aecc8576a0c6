/** The bundled command as a process that goes on, with what it has written up to now. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { untilText } from '../support/until.ts';

const bundle = fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url));
const waitMs = 120_000;

export interface CliProcess {
  out(): Buffer;
  error(): string;
  /** Rejects with what it has written when that does not come in time. */
  until(expected: string | RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  write(bytes: Uint8Array | string): void;
  endInput(): void;
  /** Its exit code; 128 and the number of the signal, as a shell says it. */
  readonly ended: Promise<number>;
}

export function startCli(kubeconfigPath: string, words: readonly string[]): CliProcess {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECONFIG: kubeconfigPath };
  const child = spawn(process.execPath, ['--', bundle, ...words], { env });
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
  // It may end before it has read all of its input.
  child.stdin.on('error', () => undefined);
  const state = { isOver: false };
  const ended = once(child, 'close').then(([code, signal]) => {
    state.isOver = true;
    return (code as number | null) ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 128);
  });
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  void ended.then(() => process.off('exit', killWithParent));
  const written = (): string => Buffer.concat(out).toString() + Buffer.concat(error).toString();
  return {
    out: () => Buffer.concat(out),
    error: () => Buffer.concat(error).toString(),
    until: (expected) => untilText(written, expected, () => state.isOver, waitMs),
    signal: (name) => void child.kill(name),
    write: (bytes) => void child.stdin.write(bytes),
    endInput: () => void child.stdin.end(),
    ended,
  };
}
