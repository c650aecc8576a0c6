/** Questions on a terminal. They go to standard error, so that standard output stays the result's. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';

/** Asks twice without an echo. */
export async function promptHidden(io: Io): Promise<Uint8Array> {
  const first = await askHidden(io, 'Value: ');
  const second = await askHidden(io, 'Repeat: ');
  if (first !== second) throw new CliError('illegalArgument', 'The two values differ; nothing was changed.');
  return Buffer.from(first, 'utf8');
}

/** True for `y` or `yes`. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await ask(io, `${question} [y/N] `)).trim());
}

export function ask(io: Io, question: string): Promise<string> {
  io.stderr.write(question);
  return readLine(io, io.stderr);
}

async function askHidden(io: Io, question: string): Promise<string> {
  io.stderr.write(question);
  const line = await readLine(io, new Writable({ write: (_chunk, _encoding, done) => done() }));
  io.stderr.write('\n');
  return line;
}

function readLine(io: Io, echo: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: io.stdin, output: echo, terminal: io.isInputTerminal, historySize: 0 });
  return new Promise((resolve, reject) => {
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
  });
}
