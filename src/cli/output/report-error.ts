/** Reports an error, whether the command then ends or goes on with the next thing. */
import { explain } from '../errors.ts';
import { printTrace } from './print.ts';
import { sayError, type Speaker } from './say.ts';

/** Prints the error as a sentence, which `before` begins, and with --show-traceback also where it happened. Returns the exit code. */
export function reportError(speaker: Speaker, error: unknown, before = ''): number {
  const { exitCode, sentence } = explain(error);
  sayError(speaker, `${before}${sentence}`);
  trace(speaker, error);
  return exitCode;
}

/** The sentence of an error that is part of a result. With --show-traceback, this prints where the error happened. */
export function sentenceOf(speaker: Speaker, error: unknown): string {
  trace(speaker, error);
  return explain(error).sentence;
}

function trace({ io, options }: Speaker, error: unknown): void {
  if (options.showTraceback === true && error instanceof Error) printTrace(io, error);
}
