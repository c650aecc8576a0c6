import { expect, test } from 'vitest';
import { ByteBudget } from '../../src/controllers/byte-budget.ts';

function budget(onRefused = (): void => undefined): ByteBudget {
  return new ByteBudget({ totalBytes: 10, bytesPerNamespace: 4, onRefused });
}

test('one namespace fills its share, and others have theirs', () => {
  let refused = 0;
  const it = budget(() => (refused += 1));
  expect(it.take('a', 4)).toBeDefined();
  expect(it.take('a', 1)).toBeUndefined();
  expect(it.take('b', 4)).toBeDefined();
  expect(it.take('c', 3)).toBeUndefined();
  expect(it.take('c', 2)).toBeDefined();
  expect([it.usedBytes, refused]).toEqual([10, 2]);
});

test('a share is given back once', () => {
  const it = budget();
  const release = it.take('a', 3);
  release?.();
  release?.();
  expect(it.usedBytes).toBe(0);
  expect(it.take('a', 4)).toBeDefined();
});

test('who asks for more than the share of a namespace gets all of it, when it is free', () => {
  const it = budget();
  expect(it.take('a', 99)).toBeDefined();
  expect(it.usedBytes).toBe(4);
});
