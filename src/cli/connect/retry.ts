/**
 * Retries requests while a job is followed and the API server is unreachable (it restarts, or the network is down), and says
 * so once. After `giveUpMs` it throws the original error.
 */
import { isKernelError, systemClock, type Clock } from '../../kernel/index.ts';
import type { Invocation } from '../factory.ts';
import { note } from '../output/say.ts';
import { pause } from './pause.ts';

/** The original command waits as long. */
const giveUpMs = 15 * 60_000;
const firstPauseMs = 500;
const longestPauseMs = 5_000;
/** An API server that has just started may refuse a user whom it knows, until it has read all of RBAC. */
const settlingMs = 15_000;

export type Retry = <T>(work: () => Promise<T>) => Promise<T>;

export function createRetry(run: Invocation, signal?: AbortSignal, clock: Clock = systemClock): Retry {
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
        const now = clock.steadyNow();
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
