/**
 * One token bucket for each key, such as a namespace, and how often each refused.
 *
 * Promise: it remembers at most `mostKeys`. The key used longest ago is forgotten, and starts with a full bucket.
 */
import { RecentMap } from './recent-map.ts';
import { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';

interface TokenBucketsOptions extends TokenBucketOptions {
  readonly mostKeys: number;
}

interface Entry {
  readonly bucket: TokenBucket;
  refused: number;
}

export class TokenBuckets {
  readonly #options: TokenBucketsOptions;
  readonly #entries: RecentMap<string, Entry>;

  constructor(options: TokenBucketsOptions) {
    this.#options = options;
    this.#entries = new RecentMap(options.mostKeys);
  }

  /** Undefined: it may not happen now. Otherwise the number of refusals of this key since it last happened. */
  take(key: string): number | undefined {
    const entry = this.#entryOf(key);
    if (!entry.bucket.take()) {
      this.refuse(key);
      return undefined;
    }
    const { refused } = entry;
    entry.refused = 0;
    return refused;
  }

  /** Counts a refusal that has another cause than the bucket. */
  refuse(key: string): void {
    this.#entryOf(key).refused += 1;
  }

  #entryOf(key: string): Entry {
    return this.#entries.getOrMake(key, () => ({ bucket: new TokenBucket(this.#options), refused: 0 }));
  }
}
