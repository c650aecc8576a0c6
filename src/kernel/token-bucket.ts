/** A bound on how often something may happen: `burst` times at once, then once every `refillEveryMs`. */
import type { Clock } from './clock.ts';

export interface TokenBucketOptions {
  readonly burst: number;
  readonly refillEveryMs: number;
  readonly clock: Clock;
}

export class TokenBucket {
  readonly #options: TokenBucketOptions;
  /** Between 0 and `burst`, as it was at `#countedMs`. */
  #tokens: number;
  #countedMs: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#countedMs = options.clock.now();
  }

  /** True when it may happen now. A clock that is set back takes no tokens away. */
  take(): boolean {
    const { burst, refillEveryMs, clock } = this.#options;
    const now = clock.now();
    const refilled = Math.max(0, now - this.#countedMs) / refillEveryMs;
    this.#tokens = Math.min(burst, this.#tokens + refilled);
    this.#countedMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Undoes one `take` that was true. */
  giveBack(): void {
    this.#tokens = Math.min(this.#options.burst, this.#tokens + 1);
  }
}
