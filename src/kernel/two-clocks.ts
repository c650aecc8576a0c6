/**
 * Two clocks, because each lies in its own way: the wall clock is set back and forth, and the steady one stands still while a machine
 * sleeps. A time is over when the longer of the two says so, and has surely passed when the shorter one does.
 */
import { systemClock, type Clock } from './clock.ts';

/** One moment by both. */
export interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
}

export class TwoClocks {
  readonly #wall: Clock;
  readonly #steadyNow: () => number;

  /** `steadyNow` gives milliseconds that never go back. Default: the clock's own. */
  constructor(wall: Clock = systemClock, steadyNow: () => number = () => wall.steadyNow()) {
    this.#wall = wall;
    this.#steadyNow = steadyNow;
  }

  moment(): Moment {
    return { wallMs: this.#wall.now(), steadyMs: this.#steadyNow() };
  }

  longestSince({ wallMs, steadyMs }: Moment): number {
    return Math.max(this.#wall.now() - wallMs, this.#steadyNow() - steadyMs);
  }

  shortestSince({ wallMs, steadyMs }: Moment): number {
    return Math.min(this.#wall.now() - wallMs, this.#steadyNow() - steadyMs);
  }
}
