/** The groups of a home, as its annotation has them. */
import { expect, test } from 'vitest';
import { formatGroups, parseGroups } from '../../src/api/index.ts';

test.each<[string | undefined, readonly string[]]>([
  [undefined, []],
  ['', []],
  ['ml', ['ml']],
  [' ml , web,', ['ml', 'web']],
  ['ml,ml', ['ml']],
  ['["CN=ml,OU=Teams,DC=corp"]', ['CN=ml,OU=Teams,DC=corp']],
  [' ["a", "b c"]\n', ['a', 'b c']],
  ['["a", ""]', ['a']],
  ['[]', []],
  ['["a", 1]', []],
  ['["a"', []],
  ['[a,b]', []],
  ['{"a":1}', ['{"a":1}']],
])('%j', (text, groups) => {
  expect(parseGroups(text)).toEqual(groups);
});

test.each<[readonly string[], string]>([
  [['web', 'ml', 'ml'], 'ml,web'],
  [['CN=ml,OU=Teams', 'ml'], '["CN=ml,OU=Teams","ml"]'],
  [['[x'], '["[x"]'],
  [[' x'], '[" x"]'],
  [[], ''],
])('%j is written as %j, and read back', (groups, text) => {
  expect(formatGroups(groups)).toBe(text);
  expect(parseGroups(text)).toEqual([...new Set(groups)].sort());
});
