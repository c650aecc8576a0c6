import { afterEach, expect, test, vi } from 'vitest';
import {
  ANNOTATION_ROTATE_BY,
  dayAt,
  isRotationNear,
  parseDay,
  ROTATE_SOON_MS,
  rotateByOf,
} from '../../src/api/index.ts';

afterEach(() => void vi.unstubAllEnvs());

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

test.each([
  ['UTC', '2027-01-31', '2027-01-31T23:59:59.999Z'],
  ['Pacific/Honolulu', '2027-01-31', '2027-02-01T09:59:59.999Z'],
  ['Pacific/Auckland', '2027-01-31', '2027-01-31T10:59:59.999Z'],
  // The clocks go forward, and back, at midnight.
  ['America/Santiago', '2026-09-05', '2026-09-06T03:59:59.999Z'],
  ['America/Santiago', '2026-09-06', '2026-09-07T02:59:59.999Z'],
  ['America/Santiago', '2026-04-04', '2026-04-05T03:59:59.999Z'],
])('in %s the whole %s still belongs to it', (zone, day, end) => {
  vi.stubEnv('TZ', zone);
  const atMs = Date.parse(end);
  expect(rotateByOf(secret(day))?.atMs).toBe(atMs);
  expect([dayAt(atMs), dayAt(atMs + 1)]).toEqual([day, dayAt(Date.parse(`${day}T12:00:00`) + 24 * 3_600_000)]);
});

test('no annotation is no date, and a time beyond all years is on no day', () => {
  expect(rotateByOf(secret())).toBeUndefined();
  expect([dayAt(Number.NaN), dayAt(Date.parse('+010000-01-02T00:00:00Z'))]).toEqual([undefined, undefined]);
});

test('a date is near two weeks before, after it has passed, and when it cannot be read', () => {
  const by = rotateByOf(secret('2027-01-31')) ?? { day: '', atMs: 0 };
  const atMs = by.atMs ?? 0;
  expect(isRotationNear(by, atMs - ROTATE_SOON_MS - 1)).toBe(false);
  expect(isRotationNear(by, atMs - ROTATE_SOON_MS + 1)).toBe(true);
  expect(isRotationNear(by, atMs + 1)).toBe(true);
  expect(isRotationNear(rotateByOf(secret('soon')) ?? by, 0)).toBe(true);
});
