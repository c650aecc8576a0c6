/**
 * A moment that two threads share: one writes when the lease was last renewed, the other reads it before each write.
 * Promise: a reader never sees a moment later than the last one written, so it never leads longer than the lease allows.
 */
import type { Moment } from './two-clocks.ts';

/** Wall clock in milliseconds, steady clock in nanoseconds; both 0 = none. */
const wall = 0;
const steady = 1;
const nanosecondsPerMillisecond = 1_000_000n;

export class SharedMoment {
  readonly #cells: BigInt64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.#cells = new BigInt64Array(buffer);
  }

  /** Pass it to the other thread, which makes its own `SharedMoment` of it. */
  get buffer(): SharedArrayBuffer {
    return this.#cells.buffer as SharedArrayBuffer;
  }

  set(moment: Moment | undefined): void {
    Atomics.store(this.#cells, wall, moment === undefined ? 0n : BigInt(Math.floor(moment.wallMs)));
    const steadyNs = moment === undefined ? 0n : BigInt(Math.floor(moment.steadyMs)) * nanosecondsPerMillisecond;
    Atomics.store(this.#cells, steady, steadyNs);
  }

  get(): Moment | undefined {
    const wallMs = Atomics.load(this.#cells, wall);
    const steadyNs = Atomics.load(this.#cells, steady);
    if (wallMs === 0n || steadyNs === 0n) return undefined;
    return { wallMs: Number(wallMs), steadyMs: Number(steadyNs / nanosecondsPerMillisecond) };
  }
}

/** Milliseconds of a clock that all threads of the process share. */
export function steadyNowMs(): number {
  return Number(process.hrtime.bigint() / nanosecondsPerMillisecond);
}
