import { expect, test } from 'vitest';
import { isTimeZone } from '../../src/api/index.ts';

const names: readonly (readonly [name: string, isOne: boolean])[] = [
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Etc/GMT+5', true],
  ['Mars/Olympus', false],
  ['Local', false],
  ['+02:00', false],
  ['', false],
];

test.each(names)('%j as a time zone: %s', (name, isOne) => {
  expect(isTimeZone(name)).toBe(isOne);
});

test('a name keeps its answer, also after more names than are remembered', () => {
  for (let count = 0; count < 2_500; count += 1) isTimeZone(`Mars/${String(count)}`);
  expect(names.map(([name]) => isTimeZone(name))).toEqual(names.map(([, isOne]) => isOne));
});
