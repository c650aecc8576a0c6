/** Waits that are measured. */

/** `control-…`: the same requests without the operator, by a bare client. */
export type WaitOf = 'secret' | 'job' | 'control-secret' | 'control-job';

/** One wait: when it began, and how long it took. */
export interface Wait {
  readonly of: WaitOf;
  readonly startMs: number;
  readonly tookMs: number;
}

export class Waits {
  readonly #over: Wait[] = [];
  readonly #pending = new Set<{ readonly startMs: number }>();

  /** Those that are over. */
  get over(): readonly Wait[] {
    return this.#over;
  }

  /** When the oldest wait began that is not over; without one, now. */
  get pendingSince(): number {
    return Math.min(performance.now(), ...[...this.#pending].map(({ startMs }) => startMs));
  }

  /** Measures until the moment that `work` resolves to. */
  async measure(of: WaitOf, work: (startMs: number) => Promise<number>): Promise<void> {
    const startMs = performance.now();
    const mark = { startMs };
    this.#pending.add(mark);
    const endMs = await work(startMs);
    this.#pending.delete(mark);
    this.#over.push({ of, startMs, tookMs: endMs - startMs });
  }
}
