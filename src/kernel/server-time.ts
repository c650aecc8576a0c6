/**
 * The time of the API server: the last `Date` header (RFC 9110 section 6.6.1, whole seconds) plus the steady time since. With it, a time that a wrong
 * clock has written can be told from one that is ahead only because the clock of this machine was set back.
 *
 * Not promised: that the clock of the API server is right, or that this is exact: an answer that took seconds is older by as much.
 */
import type { Clock } from './clock.ts';

export class ServerTime {
  readonly #clock: Clock;
  /** The last date that was heard: most answers of one second say the same. */
  #date = '';
  /** Time of the API server minus steady clock; undefined until an answer said it. */
  #offsetMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `date` is the header of an answer that has just arrived. */
  hear(date: string): void {
    if (date === this.#date) return;
    const timeMs = Date.parse(date);
    if (Number.isNaN(timeMs)) return;
    this.#date = date;
    this.#offsetMs = timeMs - this.#clock.steadyNow();
  }

  /** The later of the two clocks, that of this machine and that of the API server, in epoch milliseconds. */
  readonly latest = (): number => {
    const nowMs = this.#clock.now();
    return this.#offsetMs === undefined ? nowMs : Math.max(nowMs, this.#offsetMs + this.#clock.steadyNow());
  };
}
