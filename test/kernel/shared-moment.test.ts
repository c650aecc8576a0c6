import { expect, test } from 'vitest';
import { SharedMoment } from '../../src/kernel/shared-moment.ts';

test('a moment that one thread sets is what the other reads, never a later one', () => {
  const one = new SharedMoment();
  const other = new SharedMoment(one.buffer);
  expect(other.get()).toBeUndefined();
  one.set({ wallMs: 1_700_000_000_123.9, steadyMs: 42.9 });
  expect(other.get()).toEqual({ wallMs: 1_700_000_000_123, steadyMs: 42 });
  one.set(undefined);
  expect(other.get()).toBeUndefined();
});
