/** Times as ages and countdowns. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { age, took } from '../../../../src/console/web/parts/age.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, 'just now'],
  [59, 'just now'],
  [-8, 'just now'],
  [-30, 'in less than a minute'],
  [minute, '1 min ago'],
  [3 * hour, '3 h ago'],
  [3 * hour + 5 * minute, '3 h 5 min ago'],
  [2 * day + 3 * hour, '2 d 3 h ago'],
  [40 * day + 3 * hour, '40 d ago'],
  [-2 * day, 'in 2 d'],
])('%d seconds ago is "%s"', (seconds, words) => {
  expect(age(0, seconds * 1000)).toBe(words);
});

test.each([
  [0, '0 s'],
  [12.4, '12 s'],
  [90, '1 min 30 s'],
  [59 * minute + 59, '59 min 59 s'],
  [2 * hour + 300, '2 h 5 min'],
])('%d seconds took "%s"', (seconds, words) => {
  expect(took(seconds)).toBe(words);
});
