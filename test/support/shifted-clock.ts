/** The system's clock, set forward by `shiftMs`: what is due by the time of day is due at once; timers go as ever. */
import { systemClock, type Clock } from '../../src/kernel/index.ts';

export class ShiftedClock implements Clock {
  shiftMs = 0;

  now(): number {
    return systemClock.now() + this.shiftMs;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    return systemClock.schedule(callback, delayMs);
  }
}
