/**
 * Notices that the wall clock was set, or that the machine slept: times of day, such as the end of a grant, then come sooner or later than the
 * timers that wait for them, which follow the steady clock.
 */
import { isAborted, pause, TwoClocks, type Clock } from '../kernel/index.ts';

const lookEveryMs = 1_000;
/** Corrections of a clock that is a little off are far smaller in a second. */
const smallestJumpMs = 500;

interface ClockJumpsOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds; below 0 where the clock was set back. */
  readonly onJump: (jumpMs: number) => void;
}

/** Resolves when `signal` is aborted. */
export async function watchClock({ clock, signal, onJump }: ClockJumpsOptions): Promise<void> {
  const clocks = new TwoClocks(clock);
  while (!signal.aborted) {
    const before = clocks.moment();
    await pause(lookEveryMs, { clock, signal });
    if (isAborted(signal)) return;
    const after = clocks.moment();
    const jumpMs = after.wallMs - before.wallMs - (after.steadyMs - before.steadyMs);
    if (Math.abs(jumpMs) >= smallestJumpMs) onJump(jumpMs);
  }
}
