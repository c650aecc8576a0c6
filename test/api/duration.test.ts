import { describe, expect, test } from 'vitest';
import { isDuration, parseDurationSeconds } from '../../src/api/index.ts';

describe('a duration', () => {
  test.each([
    ['1s', 1],
    ['90s', 90],
    ['3m4s', 184],
    ['2h', 7200],
    ['1d2h3m4s', 93_784],
    ['1d4s', 86_404],
    ['0h5m', 300],
  ])('%j is %d seconds', (text, seconds) => {
    expect(parseDurationSeconds(text)).toBe(seconds);
    expect(isDuration(text)).toBe(true);
  });

  test.each([
    '',
    '0',
    '0s',
    '0d0h',
    '5',
    'm',
    '1m2h',
    '1.5h',
    '-1s',
    '1w',
    ' 1s',
    '1s ',
    '1s\n',
    '1D',
    '123456d',
    '1h1h',
  ])('%j is refused', (text) => {
    expect(() => parseDurationSeconds(text)).toThrow(expect.objectContaining({ code: 'InvalidDuration' }));
    expect(isDuration(text)).toBe(false);
  });
});
