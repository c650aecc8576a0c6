/**
 * While a job is followed, an API server that does not answer (it restarts, the network is away) is asked again, and this is
 * told once. Where it has not answered for `giveUpMs` the error is what it was.
 */
import { isKernelError, systemClock, type Clock } from '../../kernel/index.ts';
import type { Invocation } from '../factory.ts';
import { note } from '../output/say.ts';
import { pause } from './pause.ts';

/** As the original. */
const giveUpMs = 15 * 60_000;
const firstPauseMs = 500;
const longestPauseMs = 5_000;
/** An API server that has just begun does not know every right yet: who was let in a moment ago is let in again soon. */
const settlingMs = 15_000;

export type Patient = <T>(work: () => Promise<T>) => Promise<T>;

export function createPatience(run: Invocation, signal?: AbortSignal, clock: Clock = systemClock): Patient {
  let isLost = false;
  let lostSince = 0;
  let hasWorked = false;
  let refusedSince: number | undefined;
  let pauseMs = firstPauseMs;
  return async (work) => {
    for (;;) {
      try {
        const result = await work();
        if (isLost) note(run, 'Connected again.');
        isLost = false;
        hasWorked = true;
        refusedSince = undefined;
        pauseMs = firstPauseMs;
        return result;
      } catch (error) {
        const now = clock.now();
        const isAway = isKernelError(error, 'Network', 'Timeout', 'Server', 'TooManyRequests');
        const isRefused = isKernelError(error, 'Forbidden', 'Unauthorized');
        refusedSince = isRefused ? (refusedSince ?? now) : undefined;
        const isSettling = hasWorked && refusedSince !== undefined && now - refusedSince < settlingMs;
        if (signal?.aborted === true || !(isAway || isSettling)) throw error;
        if (!isLost) {
          note(run, 'No answer from the API server; trying again. The job goes on meanwhile.');
          isLost = true;
          lostSince = now;
        }
        if (now - lostSince > giveUpMs) throw error;
        await pause(pauseMs, signal);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  };
}
