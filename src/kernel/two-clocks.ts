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

  /** `steadyNow` gives milliseconds that never go back. Default: the platform's, or `wall` where one is given. */
  constructor(wall: Clock | undefined, steadyNow: (() => number) | undefined) {
    this.#wall = wall ?? systemClock;
    this.#steadyNow = steadyNow ?? (wall === undefined ? () => performance.now() : () => wall.now());
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
