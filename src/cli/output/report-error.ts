/** Reports an error, whether the command then ends or goes on with the next thing. */
import { explain } from '../errors.ts';
import { printTrace } from './print.ts';
import { sayError, type Speaker } from './say.ts';

/** With --show-traceback, it also prints where the error happened. `before` begins the sentence. Returns the exit code for the error. */
export function reportError(speaker: Speaker, error: unknown, before = ''): number {
  const { exitCode, sentence } = explain(error);
  sayError(speaker, `${before}${sentence}`);
  if (speaker.options.showTraceback === true && error instanceof Error) printTrace(speaker.io, error);
  return exitCode;
}
