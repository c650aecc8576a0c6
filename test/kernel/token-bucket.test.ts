import { describe, expect, test } from 'vitest';
import { TokenBucket } from '../../src/kernel/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('token bucket', () => {
  const taken = (bucket: TokenBucket, times: number): number =>
    Array.from({ length: times }, () => bucket.take()).filter(Boolean).length;

  test('allows the burst, then one each time that it is refilled, and never saves more than the burst', async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket({ burst: 3, refillEveryMs: 1_000, clock });
    expect(taken(bucket, 10)).toBe(3);
    await clock.advance(999);
    expect(taken(bucket, 10)).toBe(0);
    await clock.advance(1);
    expect(taken(bucket, 10)).toBe(1);
    await clock.advance(3_600_000);
    expect(taken(bucket, 10)).toBe(3);
  });

  test('continues when the clock is set back', async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket({ burst: 2, refillEveryMs: 1_000, clock });
    clock.jump(-3_600_000);
    expect(taken(bucket, 10)).toBe(2);
    await clock.advance(1_000);
    expect(taken(bucket, 10)).toBe(1);
  });
});
