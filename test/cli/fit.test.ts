/** Tables that fit a terminal. */
import { expect, test } from 'vitest';
import { cutTo, fitWidths, textWidth } from '../../src/cli/output/fit.ts';

const flexible = (width: number) => ({ width, isFlexible: true });
const fixed = (width: number) => ({ width, isFlexible: false });

test.each<[string, readonly ReturnType<typeof flexible>[], number, readonly number[]]>([
  ['what fits stays', [flexible(10), fixed(10)], 20, [10, 10]],
  ['the flexible one gives', [flexible(30), fixed(10)], 25, [15, 10]],
  ['the widest gives first', [flexible(30), flexible(12)], 32, [20, 12]],
  ['then all alike', [flexible(30), flexible(12)], 20, [10, 10]],
  ['no less than what tells something', [flexible(30), fixed(40)], 20, [8, 40]],
  ['a fixed one is never cut', [fixed(40)], 20, [40]],
])('%s', (_name, columns, available, widths) => {
  expect(fitWidths(columns, available)).toEqual(widths);
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['日本語日本', 6, '日本…'],
  ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5, '👩‍👩‍👧‍👦👩‍👩‍👧‍👦…'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
])('%s cut to %d', (text, width, cut) => {
  expect(cutTo(text, width)).toBe(cut);
  expect(textWidth(cut)).toBeLessThanOrEqual(width);
});
