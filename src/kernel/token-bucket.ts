/** A bound on how often something may happen: `burst` times at once, then once every `refillEveryMs`. */
import type { Clock } from './clock.ts';

export interface TokenBucketOptions {
  readonly burst: number;
  readonly refillEveryMs: number;
  readonly clock: Clock;
}

export class TokenBucket {
  readonly #options: TokenBucketOptions;
  /** The tokens at `#countedMs`: at most `burst`, and below 0 where some are reserved. */
  #tokens: number;
  #countedMs: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#countedMs = options.clock.steadyNow();
  }

  /** True when it may happen now. */
  take(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes a token in advance where none is left. Returns how many milliseconds later it may happen; 0 = now. */
  reserve(): number {
    this.#refill();
    this.#tokens -= 1;
    return Math.max(0, -this.#tokens) * this.#options.refillEveryMs;
  }

  #refill(): void {
    const { burst, refillEveryMs, clock } = this.#options;
    const now = clock.steadyNow();
    const refilled = (now - this.#countedMs) / refillEveryMs;
    this.#tokens = Math.min(burst, this.#tokens + refilled);
    this.#countedMs = now;
  }

  /** Undoes one `take` that was true. */
  giveBack(): void {
    this.#tokens = Math.min(this.#options.burst, this.#tokens + 1);
  }
}
