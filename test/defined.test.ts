/** Optional fields of an object for the API server, where a field that is `undefined` must be absent. */
import { expect, test } from 'vitest';
import { defined } from '../src/defined.ts';

test('keeps every value but undefined, in the order given', () => {
  const fields = defined({ b: 1, none: undefined, a: null, zero: 0, empty: '', no: false });
  expect(Object.entries(fields)).toEqual([
    ['b', 1],
    ['a', null],
    ['zero', 0],
    ['empty', ''],
    ['no', false],
  ]);
});

test('has no field that is undefined', () => {
  expect('none' in defined({ none: undefined })).toBe(false);
});
