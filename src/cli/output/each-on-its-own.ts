/** Several things in one command, each on its own: a failure is reported, and the next one is done all the same. */
import { isKernelError } from '../../kernel/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { eachWithProgress } from './progress.ts';
import { reportError } from './report-error.ts';
import type { Speaker } from './say.ts';

/** Resolves to the exit code: that of the last failure. */
export async function eachOnItsOwn<T>(
  speaker: Speaker,
  what: string,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<number> {
  let exitCode: number = exitCodes.ok;
  await eachWithProgress(speaker, what, items, async (item) => {
    try {
      await work(item);
    } catch (error) {
      // The next one would meet the same.
      if (isKernelError(error, 'Network', 'Timeout', 'Unauthorized')) throw error;
      exitCode = reportError(speaker, error);
    }
  });
  return exitCode;
}
