/** Names that every object knows are names like others. */
import { expect, test } from 'vitest';
import { ownValue } from '../../src/api/index.ts';

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])('%s', (name) => {
  expect(ownValue({}, name)).toBeUndefined();
  expect(ownValue(Object.fromEntries([[name, 'mine']]), name)).toBe('mine');
  expect(ownValue(JSON.parse(`{"${name}":"mine"}`) as Record<string, string>, name)).toBe('mine');
  expect(ownValue(undefined, name)).toBeUndefined();
  expect(ownValue(null, name)).toBeUndefined();
});
