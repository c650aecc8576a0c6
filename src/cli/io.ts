/** The streams, the terminal and the environment that a command uses. Tests pass their own. */
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { fstatSync } from 'node:fs';
import { clearLine } from './output/live-line.ts';

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly isInputTerminal: boolean;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** True, once, where the last line of standard output has no end: the caller ends it. */
  takeOpenLine?(): boolean;
  /** True while the last line that a terminal shows of standard output has no end. */
  hasOpenLine?(): boolean;
  /** True where another program, which may print on the terminal, reads standard output. */
  isOutputPipe?(): boolean;
  /** Bytes of standard input, where it is a file; else undefined. */
  inputBytes?(): number | undefined;
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly rows: number;
  /** What was typed to call it, where that is not `neuro`: `kubectl neuro`. */
  readonly calledAs?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** Runs when Ctrl-C is pressed, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Runs before Ctrl-C or another signal ends the command, which it still does; until the returned function is called. */
  beforeSignal(listener: () => void): () => void;
  /** Runs when the terminal has changed its size, until the returned function is called. */
  onResize(listener: () => void): () => void;
  /** Every key as it is typed, without an echo, Ctrl-C too; `false` puts the terminal back. No effect where there is none. */
  setRaw(isRaw: boolean): void;
}

const lineBreak = 0x0a;
/** The signals with which people, shells and machines end a command. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function processIo(): Io {
  let lastByte = lineBreak;
  const isOutputTerminal = isatty(1);
  const write = process.stdout.write.bind(process.stdout);
  // Output of jobs goes by many ways to the same stream.
  process.stdout.write = (chunk: string | Uint8Array, ...more: [never]) => {
    if (isOutputTerminal) clearLine(process);
    if (chunk.length > 0)
      lastByte = typeof chunk === 'string' ? chunk.charCodeAt(chunk.length - 1) : (chunk.at(-1) ?? 0);
    return write(chunk, ...more);
  };
  return {
    takeOpenLine: () => {
      const isOpen = lastByte !== lineBreak;
      lastByte = lineBreak;
      return isOpen;
    },
    hasOpenLine: () => isOutputTerminal && lastByte !== lineBreak,
    isOutputPipe: () => fstatSync(1).isFIFO(),
    inputBytes: () => {
      const input = fstatSync(0);
      return input.isFile() ? input.size : undefined;
    },
    // Opened when it is read: most commands take nothing from it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    isInputTerminal: isatty(0),
    isOutputTerminal,
    isErrorTerminal: isatty(2),
    get columns() {
      // When the result goes into a file, sentences and bars still go to the terminal.
      return (process.stdout.isTTY ? process.stdout : process.stderr).columns;
    },
    get rows() {
      return process.stdout.rows;
    },
    ...(/^kubectl-neuro\b/.test(basename(process.argv[1] ?? '')) && { calledAs: 'kubectl neuro' }),
    env: process.env,
    now: () => new Date(),
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      return () => void process.off('SIGINT', listener);
    },
    beforeSignal,
    onResize: (listener) => {
      process.stdout.on('resize', listener);
      return () => void process.stdout.off('resize', listener);
    },
    setRaw: (isRaw) => {
      if (isatty(0)) process.stdin.setRawMode(isRaw);
    },
  };
}

const listeners = new Set<() => void>();

function beforeSignal(listener: () => void): () => void {
  if (listeners.size === 0) for (const signal of endings) process.on(signal, onSignal);
  // A function of its own, so that each call is left by itself.
  const own = (): void => listener();
  listeners.add(own);
  return () => {
    if (listeners.delete(own) && listeners.size === 0) for (const signal of endings) process.off(signal, onSignal);
  };
}

function onSignal(signal: NodeJS.Signals): void {
  // Who else listens decides whether the command ends. Without anybody the signal itself ends the process, so that the shell sees how it ended.
  if (process.listenerCount(signal) > 1) return;
  for (const listener of listeners) listener();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
