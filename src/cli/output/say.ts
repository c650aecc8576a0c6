/** Sentences beside the result: what was done, warnings, errors. */
import type { Io } from '../io.ts';
import type { GlobalOptions } from '../options.ts';
import { colourise, hasColour } from './text.ts';

export interface Speaker {
  readonly io: Io;
  readonly options: GlobalOptions;
}

/** The result of a change, on standard output; nothing with -q. */
export function say({ io, options }: Speaker, sentence: string): void {
  if (options.quiet !== true) io.stdout.write(`${sentence}\n`);
}

/** What goes on, on standard error; nothing with -q. */
export function note({ io, options }: Speaker, sentence: string): void {
  if (options.quiet !== true) io.stderr.write(`${sentence}\n`);
}

export function detail({ io, options }: Speaker, sentence: string): void {
  if (options.verbose === true && options.quiet !== true) io.stderr.write(`${sentence}\n`);
}

export function warn(speaker: Speaker, sentence: string): void {
  if (speaker.options.quiet === true) return;
  const isColoured = hasColour(speaker, speaker.io.isErrorTerminal);
  speaker.io.stderr.write(`${colourise('WARNING:', 'yellow', isColoured)} ${sentence}\n`);
}

export function sayError(speaker: Speaker, sentence: string): void {
  const isColoured = hasColour(speaker, speaker.io.isErrorTerminal);
  speaker.io.stderr.write(`${colourise('ERROR:', 'red', isColoured)} ${sentence}\n`);
}
