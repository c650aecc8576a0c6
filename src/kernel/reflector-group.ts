/**
 * Several reflectors of one kind that fill one store, each from a namespace of its own, as if they were one.
 *
 * Promise: it is synced when all are, and as healthy as the least healthy of them.
 * Caller's duty: no two are of one namespace.
 */
import type { Reflector } from './reflector.ts';

/** What others need of a reflector. */
export type Reflecting = Pick<
  Reflector<never, never>,
  'hasSynced' | 'whenSynced' | 'lastProgressMs' | 'progressedMs' | 'failedMs' | 'silenceMs' | 'description' | 'run'
>;

export class ReflectorGroup implements Reflecting {
  readonly #reflectors: readonly Reflecting[];

  constructor(reflectors: readonly Reflecting[]) {
    if (reflectors.length === 0) throw new RangeError('a group of reflectors has at least one');
    this.#reflectors = reflectors;
  }

  get hasSynced(): boolean {
    return this.#reflectors.every((reflector) => reflector.hasSynced);
  }

  async whenSynced(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.whenSynced()));
  }

  get lastProgressMs(): number {
    return Math.min(...this.#reflectors.map((reflector) => reflector.lastProgressMs));
  }

  get progressedMs(): number {
    return Math.min(...this.#reflectors.map((reflector) => reflector.progressedMs));
  }

  /** The last failure of the reflector that has been silent for longest: failures of others are no sign of its life. */
  get failedMs(): number {
    return this.#quietest.failedMs;
  }

  get silenceMs(): number {
    return this.#quietest.silenceMs;
  }

  get description(): string {
    return this.#quietest.description;
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }

  get #quietest(): Reflecting {
    const lastSign = ({ progressedMs, failedMs }: Reflecting): number => Math.max(progressedMs, failedMs);
    return this.#reflectors.reduce((quietest, each) => (lastSign(each) < lastSign(quietest) ? each : quietest));
  }
}
