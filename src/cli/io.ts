/** Where a command reads and writes; tests give their own. */
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly isInputTerminal: boolean;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** True, once, where the last line of standard output has no end: the caller ends it. */
  takeOpenLine?(): boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly rows: number;
  /** What was typed to call it, where that is not `neuro`: `kubectl neuro`. */
  readonly calledAs?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** Runs when Ctrl-C is pressed, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Runs before Ctrl-C ends the command, which it still does; until the returned function is called. */
  beforeInterrupt(listener: () => void): () => void;
  /** Runs when the terminal has changed its size, until the returned function is called. */
  onResize(listener: () => void): () => void;
  /** Every key as it is typed, without an echo, Ctrl-C too; `false` puts the terminal back. No effect where there is none. */
  setRaw(isRaw: boolean): void;
}

const lineBreak = 0x0a;

export function processIo(): Io {
  let lastByte = lineBreak;
  const write = process.stdout.write.bind(process.stdout);
  // Output of jobs goes by many ways to the same stream.
  process.stdout.write = (chunk: string | Uint8Array, ...more: [never]) => {
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
    // Opened when it is read: most commands take nothing from it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    isInputTerminal: isatty(0),
    isOutputTerminal: isatty(1),
    isErrorTerminal: isatty(2),
    get columns() {
      // Where the result goes into a file, sentences and bars still go to the terminal.
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
    beforeInterrupt: (listener) => {
      const leave = (): void => void process.off('SIGINT', onInterrupt);
      const onInterrupt = (): void => {
        listener();
        leave();
        // Without a listener the signal ends the process, so that the shell sees how it ended. Who else listens decides.
        if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT');
        else process.on('SIGINT', onInterrupt);
      };
      process.on('SIGINT', onInterrupt);
      return leave;
    },
    onResize: (listener) => {
      process.stdout.on('resize', listener);
      return () => void process.stdout.off('resize', listener);
    },
    setRaw: (isRaw) => {
      if (isatty(0)) process.stdin.setRawMode(isRaw);
    },
  };
}
