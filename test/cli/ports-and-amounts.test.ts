/** Pairs of ports, and amounts of resources. */
import { describe, expect, test } from 'vitest';
import { parsePortPair } from '../../src/cli/args/port-pair.ts';
import { quantity } from '../../src/client/quantity.ts';

describe('a pair of ports', () => {
  test.each([
    ['8080:80', { local: 8080, remote: 80 }],
    [':80', { local: 0, remote: 80 }],
    ['0:80', { local: 0, remote: 80 }],
    ['80', { local: 80, remote: 80 }],
  ])('%s', (text, pair) => {
    expect(parsePortPair(text)).toEqual(pair);
  });

  test.each(['', 'a:80', '80:', ':', '80:0', '70000:80', '80:70000', '1:2:3', '-1:80'])('%j is refused', (text) => {
    expect(() => parsePortPair(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

test.each([
  ['250m', 0.25],
  ['12345n', 0.000012345],
  ['1', 1],
  ['64Mi', 67_108_864],
  ['1k', 1000],
  ['1e3', 1000],
  [2, 2],
  ['x', 0],
])('the amount %s', (text, value) => {
  expect(quantity(text)).toBeCloseTo(value, 9);
});
