/**
 * Retries requests while a job is followed and the API server cannot serve them (it restarts, it is busy, or the network is down), and says
 * so once. After `giveUpMs` it throws the original error.
 */
import { isKernelError, sleep, systemClock, type Clock, type KernelError } from '../../kernel/index.ts';
import { defined } from '../../defined.ts';
import type { Invocation } from '../factory.ts';
import { note } from '../output/say.ts';

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
        if (signal?.aborted === true || !isKernelError(error) || !(isAway || isSettling)) throw error;
        if (!isLost) {
          note(run, `${troubleOf(error)}; trying again. The job goes on meanwhile.`);
          isLost = true;
          lostSince = now;
        }
        if (now - lostSince > giveUpMs) throw error;
        await sleep(pauseMs, { clock, ...defined({ signal }) });
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  };
}

function troubleOf({ code }: KernelError): string {
  if (code === 'Network' || code === 'Timeout') return 'No answer from the API server';
  if (code === 'TooManyRequests') return 'The API server is busy';
  return code === 'Server'
    ? 'The API server failed'
    : 'The API server, which may have just started, refused the request';
}
