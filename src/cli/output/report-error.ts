/** Reports an error, whether the command then ends or goes on with the next thing. */
import { explain } from '../errors.ts';
import { printTrace } from './print.ts';
import { sayError, type Speaker } from './say.ts';

/** Prints the error as a sentence, which `before` begins, and with --show-traceback also where it happened. Returns the exit code. */
export function reportError(speaker: Speaker, error: unknown, before = ''): number {
  const { exitCode, sentence } = explain(error);
  sayError(speaker, `${before}${sentence}`);
  if (speaker.options.showTraceback === true && error instanceof Error) printTrace(speaker.io, error);
  return exitCode;
}
