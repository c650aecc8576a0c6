/** A clock whose pauses are over at once, and are written down; what is longer than `longestPauseMs` is a limit, which never falls due. */
import { systemClock, type Clock } from '../../src/kernel/index.ts';

interface HastyClock extends Clock {
  /** In milliseconds, in their order. */
  readonly pauses: readonly number[];
}

/** Time stands still, so that nothing depends on how fast the machine is. */
export function hastyClock(longestPauseMs: number): HastyClock {
  const pauses: number[] = [];
  return {
    pauses,
    now: () => 0,
    steadyNow: () => 0,
    schedule: (callback, delayMs) => {
      if (delayMs > longestPauseMs) return () => undefined;
      pauses.push(delayMs);
      return systemClock.schedule(callback, 0);
    },
  };
}
