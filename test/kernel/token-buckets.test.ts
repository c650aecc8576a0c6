import { describe, expect, test } from 'vitest';
import { TokenBuckets } from '../../src/kernel/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('token buckets', () => {
  const buckets = ({ clock = new ManualClock(), mostKeys = 10 } = {}): TokenBuckets =>
    new TokenBuckets({ burst: 2, refillEveryMs: 1_000, mostKeys, clock });
  const taken = (of: TokenBuckets, key: string, times: number): readonly (number | undefined)[] =>
    Array.from({ length: times }, () => of.take(key));

  test('give each key a bucket of its own', () => {
    const some = buckets();
    expect(taken(some, 'alice', 3)).toEqual([0, 0, undefined]);
    expect(taken(some, 'bob', 3)).toEqual([0, 0, undefined]);
  });

  test('say once how often a key was refused', async () => {
    const clock = new ManualClock();
    const some = buckets({ clock });
    taken(some, 'alice', 5);
    some.refuse('alice');
    await clock.advance(2_000);
    expect(taken(some, 'alice', 2)).toEqual([4, 0]);
  });

  test('forget the key that was used longest ago', () => {
    const some = buckets({ mostKeys: 2 });
    for (const key of ['alice', 'bob']) taken(some, key, 2);
    taken(some, 'alice', 1);
    taken(some, 'carol', 1);
    expect([some.take('alice'), some.take('bob')]).toEqual([undefined, 0]);
  });
});
