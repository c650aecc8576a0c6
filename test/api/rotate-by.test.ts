import { expect, test } from 'vitest';
import { ANNOTATION_ROTATE_BY, isRotationNear, parseDay, ROTATE_SOON_MS, rotateByOf } from '../../src/api/index.ts';

const secret = (text?: string) => ({
  metadata: { annotations: text === undefined ? {} : { [ANNOTATION_ROTATE_BY]: text } },
});

test.each([
  ['2027-01-31', '2027-01-31'],
  ['2028-02-29', '2028-02-29'],
  ['2027-02-29', undefined],
  ['2027-13-01', undefined],
  ['31.1.2027', undefined],
  ['2027-01-31T00:00:00Z', undefined],
  ['', undefined],
])('%j is the day %s', (text, day) => {
  expect(parseDay(text)).toBe(day);
});

test('the whole day still belongs to it, in UTC', () => {
  expect(rotateByOf(secret('2027-01-31'))?.atMs).toBe(Date.parse('2027-01-31T23:59:59.999Z'));
  expect(rotateByOf(secret())).toBeUndefined();
});

test('a date is near two weeks before, after it has passed, and when it cannot be read', () => {
  const by = rotateByOf(secret('2027-01-31')) ?? { day: '', atMs: 0 };
  const atMs = by.atMs ?? 0;
  expect(isRotationNear(by, atMs - ROTATE_SOON_MS - 1)).toBe(false);
  expect(isRotationNear(by, atMs - ROTATE_SOON_MS + 1)).toBe(true);
  expect(isRotationNear(by, atMs + 1)).toBe(true);
  expect(isRotationNear(rotateByOf(secret('soon')) ?? by, 0)).toBe(true);
});
