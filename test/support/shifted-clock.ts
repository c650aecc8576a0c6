/** The system's clock, whose wall clock is set `shiftMs` forward; steady time and timers go as ever, as those of a real platform do. */
import { systemClock, type Clock } from '../../src/kernel/index.ts';

export class ShiftedClock implements Clock {
  shiftMs = 0;

  now(): number {
    return systemClock.now() + this.shiftMs;
  }

  steadyNow(): number {
    return systemClock.steadyNow();
  }

  schedule(callback: () => void, delayMs: number): () => void {
    return systemClock.schedule(callback, delayMs);
  }
}
