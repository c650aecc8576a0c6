/** What an import of a `.env` file would save. */
import { expect, test } from 'vitest';
import { previewImport, savedRows } from '../../src/client/index.ts';

const file = `# comment
NEW=one
OLD='two words'
EMPTY=
ALONE
URL=https://$HOST
..bad=x
NEW=three
`;
const preview = previewImport(Buffer.from(file), new Set(['OLD']));

test('every line is a row, in order, with its problem', () => {
  expect(preview.rows.map(({ line, name, problem, exists }) => [line, name, problem === undefined, exists])).toEqual([
    [2, 'NEW', false, false],
    [3, 'OLD', true, true],
    [4, 'EMPTY', false, false],
    [5, 'ALONE', false, false],
    [6, 'URL', true, false],
    [7, expect.any(String), false, false],
    [8, 'NEW', true, false],
  ]);
  expect(preview.rows.find(({ name }) => name === 'URL')?.hasReference).toBe(true);
  expect(preview.rows.map(({ problem = '' }) => problem).join()).not.toMatch(/two words|three|HOST/);
});

test.each([
  [false, { URL: 'https://$HOST', NEW: 'three' }],
  [true, { OLD: 'two words', URL: 'https://$HOST', NEW: 'three' }],
])('what exists is saved only where it may be replaced (%s)', (replace, expected) => {
  const saved = savedRows(preview, { replace });
  expect(Object.fromEntries(saved.map(({ name, value }) => [name, Buffer.from(value).toString()]))).toEqual(expected);
});

test('a file that is no text is refused as a whole', () => {
  expect(previewImport(Uint8Array.of(0xff, 0xfe, 65, 0), new Set())).toEqual({
    rows: [],
    refusal: expect.stringContaining('UTF-16'),
  });
});
