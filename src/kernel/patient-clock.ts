/**
 * A wall clock for time limits that end work for good. When the clock of the machine is set forward, this one goes on from the former time for a
 * minute, so that a clock that is set wrong and corrected soon ends nothing.
 *
 * Promises: it is never ahead of the wall clock. It is behind it for at most `patienceMs`, counted from the first call of `now` after the jump. A clock
 * that is set back counts at once. With `follow`, that first call comes within a second of the jump.
 * Caller's duty: not to use it for the end of a right, which must never come late; without `follow`, to call `now` soon after a jump.
 */
import { pause, systemClock, type Clock } from './clock.ts';

/** A clock that is set wrong is usually put right within this time, by a person or by a time service. */
export const patienceMs = 60_000;
/** Corrections of a clock that is a little off are far smaller, and count at once. */
const smallestJumpMs = 500;
const lookEveryMs = 1_000;

export class PatientClock implements Clock {
  readonly #wall: Clock;
  /** Wall minus steady clock, as it is believed. */
  #offsetMs: number;
  /** When the wall clock was first seen ahead of this clock, by the steady clock. Undefined: it is not ahead. */
  #aheadSinceMs: number | undefined;

  constructor(wall: Clock = systemClock) {
    this.#wall = wall;
    this.#offsetMs = wall.now() - wall.steadyNow();
  }

  now(): number {
    const [wallMs, steadyMs] = [this.#wall.now(), this.#wall.steadyNow()];
    const offsetMs = wallMs - steadyMs;
    if (offsetMs - this.#offsetMs < smallestJumpMs) return this.#believe(offsetMs, wallMs);
    this.#aheadSinceMs ??= steadyMs;
    if (steadyMs - this.#aheadSinceMs >= patienceMs) return this.#believe(offsetMs, wallMs);
    return steadyMs + this.#offsetMs;
  }

  steadyNow(): number {
    return this.#wall.steadyNow();
  }

  /** Reads the clock every second until `signal` is aborted, and then resolves. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.now();
      await pause(lookEveryMs, { clock: this.#wall, signal });
    }
  }

  schedule(callback: () => void, delayMs: number): () => void {
    return this.#wall.schedule(callback, delayMs);
  }

  #believe(offsetMs: number, wallMs: number): number {
    this.#offsetMs = offsetMs;
    this.#aheadSinceMs = undefined;
    return wallMs;
  }
}
