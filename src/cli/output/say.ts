/**
 * Sentences beside the result: what was done, warnings, errors. Each passes `visible`, so it is one line, and `repeatPlace`, so
 * that the commands in it can be pasted.
 */
import type { Io } from '../io.ts';
import type { GlobalOptions } from '../options.ts';
import { colourise, hasColour } from './colour.ts';
import { clearLine } from './live-line.ts';
import { repeatPlace } from './next-command.ts';
import { visible } from './visible.ts';

export interface Speaker {
  readonly io: Io;
  readonly options: GlobalOptions;
}

/** The result of a change, on standard output; nothing with -q. */
export function say(speaker: Speaker, sentence: string): void {
  if (speaker.options.quiet !== true) speaker.io.stdout.write(`${spoken(speaker, sentence)}\n`);
}

/** What goes on, on standard error; nothing with -q. */
export function note(speaker: Speaker, sentence: string): void {
  const { io, options } = speaker;
  if (options.quiet !== true) io.stderr.write(`${lineStart(io)}${spoken(speaker, sentence)}\n`);
}

export function detail(speaker: Speaker, sentence: string): void {
  const { io, options } = speaker;
  if (options.verbose === true && options.quiet !== true) io.stderr.write(`${spoken(speaker, sentence)}\n`);
}

export function warn(speaker: Speaker, sentence: string): void {
  if (speaker.options.quiet === true) return;
  const isColoured = hasColour(speaker, speaker.io.isErrorTerminal);
  speaker.io.stderr.write(
    `${lineStart(speaker.io)}${colourise('WARNING:', 'yellow', isColoured)} ${spoken(speaker, sentence)}\n`,
  );
}

export function sayError(speaker: Speaker, sentence: string): void {
  const isColoured = hasColour(speaker, speaker.io.isErrorTerminal);
  speaker.io.stderr.write(
    `${lineStart(speaker.io)}${colourise('ERROR:', 'red', isColoured)} ${spoken(speaker, sentence)}\n`,
  );
}

/** One line, with commands that work where this one does. */
export function spoken({ io, options }: Speaker, sentence: string): string {
  clearLine(io);
  return visible(repeatPlace(sentence, { ...options, calledAs: io.calledAs }));
}

/** Begins a sentence on a new line where the output on the same terminal has not ended its last one. */
function lineStart(io: Io): string {
  return io.isOutputTerminal && io.isErrorTerminal && io.takeOpenLine?.() === true ? '\n' : '';
}
