/** Questions on a terminal. They go to standard error, so that standard output stays the result's. */
import { createInterface } from 'node:readline';
import { StringDecoder } from 'node:string_decoder';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { holdLine } from '../output/live-line.ts';
import { endLine, markPastes, printPrompt } from '../output/screen.ts';
import { createHiddenLine, type HiddenLineEnd } from '../terminal/hidden-line.ts';
import { inRawMode } from '../terminal/raw-mode.ts';

/** Asks twice without an echo. */
export function promptHidden(io: Io): Promise<Uint8Array> {
  return withoutEcho(io, async (next) => {
    const first = await next('Value: ');
    const second = await next('Repeat: ');
    if (first !== second) throw new CliError('illegalArgument', 'The two values differ; nothing was changed.');
    return Buffer.from(first, 'utf8');
  });
}

/** Asks once without an echo. */
export function promptHiddenOnce(io: Io, question: string): Promise<string> {
  return withoutEcho(io, (next) => next(question));
}

async function withoutEcho<T>(io: Io, work: (next: (question: string) => Promise<string>) => Promise<T>): Promise<T> {
  const decoder = new StringDecoder('utf8');
  const keys = { ahead: '' };
  const release = holdLine(io);
  const stopMarks = (): void => {
    if (io.isInputTerminal) markPastes(io, false);
  };
  const leave = io.beforeSignal(stopMarks);
  return inRawMode(io, async () => {
    if (io.isInputTerminal) markPastes(io, true);
    try {
      return await work((question) => askHidden(io, question, decoder, keys));
    } finally {
      stopMarks();
      leave();
      release();
    }
  });
}

/** True for `y` or `yes`. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await ask(io, `${question} [y/N] `)).trim());
}

async function askHidden(io: Io, question: string, decoder: StringDecoder, keys: { ahead: string }): Promise<string> {
  printPrompt(io, question);
  const line = createHiddenLine();
  try {
    const end = await new Promise<HiddenLineEnd>((resolve) => {
      const leave = (how: HiddenLineEnd): void => {
        io.stdin.off('data', onData).off('end', onEnd).pause();
        resolve(how);
      };
      const onEnd = (): void => leave('ended');
      const take = (text: string): boolean => {
        const { end, rest } = line.take(text);
        keys.ahead = rest;
        if (end !== undefined) leave(end);
        return end !== undefined;
      };
      const onData = (chunk: Buffer | string): void => void take(decoder.write(chunk));
      io.stdin.on('data', onData).on('end', onEnd);
      if (!take(keys.ahead)) io.stdin.resume();
    });
    if (end === 'entered') return line.text;
    throw new CliError(
      'interrupted',
      end === 'ended' ? 'The input ended; nothing was changed.' : 'Interrupted; nothing was changed.',
    );
  } finally {
    endLine(io);
  }
}

function ask(io: Io, question: string): Promise<string> {
  // The terminal is in raw mode before the question is there to be answered: until then, Ctrl-C would end the process.
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: io.isInputTerminal, historySize: 0 });
  const release = holdLine(io);
  const leave = io.beforeSignal(() => {
    io.setRaw(false);
    endLine(io);
  });
  printPrompt(io, question);
  return new Promise<string>((resolve, reject) => {
    lines.once('SIGINT', () => {
      lines.close();
      reject(new CliError('interrupted', 'Interrupted; nothing was changed.'));
    });
    lines.once('line', (line) => {
      lines.removeAllListeners('close');
      lines.close();
      resolve(line);
    });
    lines.once('close', () => reject(new CliError('interrupted', 'The input ended; nothing was changed.')));
  }).finally(() => {
    leave();
    release();
  });
}
