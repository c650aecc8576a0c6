/**
 * Limits how often the same desired state is written while something else keeps changing it back: a mutating policy, another controller, a
 * second installation of the operator. Without a limit both write as fast as the API server lets them.
 *
 * Promises: the first repairs are made at once, later ones after pauses that double; a new desired state is never held back; the count starts again
 * once nothing was repaired for a while.
 * Caller's duty: to write the end of access without asking here.
 */
import type { Clock, ObjectKey } from '../kernel/index.ts';
import { hashOf } from './text-hash.ts';

/** Writes of one desired state that are made at once; normal use stays far below. */
export const mostRepairs = 10;

interface RepairPauses {
  readonly mostAtOnce: number;
  /** The first pause after those; each further one is twice as long. */
  readonly shortestMs: number;
  readonly longestMs: number;
}

/** Somebody who changes an object a few times by hand sees it repaired within seconds; a fight costs a write a minute. */
const defaultPauses: RepairPauses = { mostAtOnce: mostRepairs, shortestMs: 1_000, longestMs: 60_000 };
/** Times the shortest pause. Without a repair for that long, the count starts again: something slower is no fight. */
const calmShortest = 10;
/** Times the present pause, where that is longer. */
const calmPauses = 4;

interface Repairs {
  /** A hash of the desired state: a grant to a group with a thousand homes has a text of 100 KiB. */
  readonly desired: string;
  readonly count: number;
  /** When the last one was made, by the steady clock. */
  readonly lastMs: number;
}

export class RepairLimiter {
  readonly #clock: Pick<Clock, 'steadyNow'>;
  readonly #pauses: RepairPauses;
  readonly #repairs = new Map<ObjectKey, Repairs>();

  constructor(clock: Pick<Clock, 'steadyNow'>, pauses: RepairPauses = defaultPauses) {
    this.#clock = clock;
    this.#pauses = pauses;
  }

  /** Milliseconds until it may be written again; 0 = now. */
  waitMs(key: ObjectKey, desired: string): number {
    const { count, lastMs } = this.#of(key, desired);
    return count === 0 ? 0 : Math.max(0, lastMs + this.#pauseMs(count) - this.#clock.steadyNow());
  }

  wrote(key: ObjectKey, desired: string): void {
    const { count } = this.#of(key, desired);
    this.#repairs.set(key, { desired: hashOf(desired), count: count + 1, lastMs: this.#clock.steadyNow() });
  }

  forget(key: ObjectKey): void {
    this.#repairs.delete(key);
  }

  /** The pause after `count` writes. */
  #pauseMs(count: number): number {
    const { mostAtOnce, shortestMs, longestMs } = this.#pauses;
    return count < mostAtOnce ? 0 : Math.min(longestMs, shortestMs * 2 ** (count - mostAtOnce));
  }

  #of(key: ObjectKey, desired: string): Pick<Repairs, 'count' | 'lastMs'> {
    const known = this.#repairs.get(key);
    const none = { count: 0, lastMs: 0 };
    if (known === undefined || known.desired !== hashOf(desired)) return none;
    const calmMs = Math.max(calmShortest * this.#pauses.shortestMs, calmPauses * this.#pauseMs(known.count));
    return this.#clock.steadyNow() - known.lastMs >= calmMs ? none : known;
  }
}
