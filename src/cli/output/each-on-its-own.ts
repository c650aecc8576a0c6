/**
 * Several things in one command, each on its own: a failure is reported, and the next one is done all the same. Only an error that the next
 * one would meet too ends the command; then it says which are left.
 */
import { isKernelError } from '../../kernel/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { eachWithProgress, type EachOptions } from './progress.ts';
import { reportError } from './report-error.ts';
import type { Speaker } from './say.ts';

interface EachOnItsOwnOptions<T> extends EachOptions<T> {
  readonly nameOf: (item: T) => string;
  /** Begins the sentence about one that failed. */
  readonly failed?: (item: T) => string;
}

/** Resolves to the exit code: that of the last failure. */
export async function eachOnItsOwn<T>(
  speaker: Speaker,
  options: EachOnItsOwnOptions<T>,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<number> {
  let exitCode: number = exitCodes.ok;
  await eachWithProgress(speaker, options, items, async (item) => {
    try {
      await work(item);
    } catch (error) {
      if (isKernelError(error, 'Network', 'Timeout', 'Unauthorized')) throw error;
      exitCode = reportError(speaker, error, options.failed?.(item));
    }
  });
  return exitCode;
}
