/** Sentences beside the result: what was done, warnings, errors. Each passes `visible`, so it is one line. */
import type { Io } from '../io.ts';
import type { GlobalOptions } from '../options.ts';
import { colourise, hasColour } from './colour.ts';
import { visible } from './visible.ts';

export interface Speaker {
  readonly io: Io;
  readonly options: GlobalOptions;
}

/** The result of a change, on standard output; nothing with -q. */
export function say({ io, options }: Speaker, sentence: string): void {
  if (options.quiet !== true) io.stdout.write(`${visible(sentence)}\n`);
}

/** What goes on, on standard error; nothing with -q. */
export function note({ io, options }: Speaker, sentence: string): void {
  if (options.quiet !== true) io.stderr.write(`${lineStart(io)}${visible(sentence)}\n`);
}

export function detail({ io, options }: Speaker, sentence: string): void {
  if (options.verbose === true && options.quiet !== true) io.stderr.write(`${visible(sentence)}\n`);
}

export function warn(speaker: Speaker, sentence: string): void {
  if (speaker.options.quiet === true) return;
  const isColoured = hasColour(speaker, speaker.io.isErrorTerminal);
  speaker.io.stderr.write(
    `${lineStart(speaker.io)}${colourise('WARNING:', 'yellow', isColoured)} ${visible(sentence)}\n`,
  );
}

export function sayError(speaker: Speaker, sentence: string): void {
  const isColoured = hasColour(speaker, speaker.io.isErrorTerminal);
  speaker.io.stderr.write(`${lineStart(speaker.io)}${colourise('ERROR:', 'red', isColoured)} ${visible(sentence)}\n`);
}

/** On one terminal a sentence does not stand behind an output that has no end of line. */
function lineStart(io: Io): string {
  return io.isOutputTerminal && io.isErrorTerminal && io.takeOpenLine?.() === true ? '\n' : '';
}
