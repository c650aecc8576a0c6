/** The system's clock, `shiftMs` later: what is due by then is due at once; timers go as ever. */
import { systemClock, type Clock } from '../../src/kernel/index.ts';

export class ShiftedClock implements Clock {
  shiftMs = 0;

  now(): number {
    return systemClock.now() + this.shiftMs;
  }

  steadyNow(): number {
    return systemClock.steadyNow() + this.shiftMs;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    return systemClock.schedule(callback, delayMs);
  }
}
