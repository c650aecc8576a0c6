/** What a `.env` file holds, byte for byte, and what of it cannot be taken. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseDotenv } from '../../src/cli/args/dotenv.ts';

function valuesOf(text: string): Record<string, string> {
  const { entries, problems } = parseDotenv(Buffer.from(text));
  expect(problems).toEqual([]);
  return Object.fromEntries(entries.map(({ key, value }) => [key, Buffer.from(value).toString()]));
}

describe('one assignment', () => {
  test.each([
    ['A=b', 'b'],
    ['export A=b', 'b'],
    ['  A = b  ', 'b'],
    ['A=b c', 'b c'],
    ['A=b=c==', 'b=c=='],
    ['A=b # comment', 'b'],
    ['A=b#c', 'b#c'],
    ['A=#b', '#b'],
    ["A='b' # 'note'", 'b'],
    ["A=' b '", ' b '],
    ["A='b\\n'", 'b\\n'],
    ['A="b\\nc\\r\\n\\t\\"\\\\\\$\\`"', 'b\nc\r\n\t"\\$`'],
    ['A="\\d"', '\\d'],
    ['A=`\'"`', '\'"'],
    ["A='1\n\n2\n'", '1\n\n2\n'],
    ['A="1\r\n2"', '1\r\n2'],
    ["A=it's", "it's"],
    ['A=@home', '@home'],
    ['A=-dash', '-dash'],
    ['A=🔑', '🔑'],
    ['A=$HOME', '$HOME'],
    ['A=\u00a0', '\u00a0'],
  ])('%j', (text, value) => {
    expect(valuesOf(text)).toEqual({ A: value });
    expect(valuesOf(`${text}\n`)).toEqual({ A: value });
  });
});

describe('a file', () => {
  test('has comments, empty lines and a byte order mark', () => {
    expect(valuesOf('\ufeff# c\n\n  # d\nA=1\r\n\r\nb.c-D_2=2')).toEqual({ A: '1', 'b.c-D_2': '2' });
  });

  test('keeps any bytes between double quotes', () => {
    const value = randomBytes(50_000);
    const quoted = value.toString('latin1').replace(/[\\"]/g, '\\$&');
    const { entries } = parseDotenv(Buffer.from(`A="${quoted}"`, 'latin1'));
    expect(Buffer.compare(Buffer.from(entries[0]?.value ?? ''), value)).toBe(0);
  });

  test('tells where a $NAME stands that is not replaced', () => {
    const { entries } = parseDotenv(Buffer.from('A=$B\nC=\'$B\'\nD="${B}"\nE=a$\n'));
    expect(entries.map(({ key, hasReference }) => [key, hasReference])).toEqual([
      ['A', true],
      ['C', false],
      ['D', true],
      ['E', false],
    ]);
  });
});

describe('what cannot be taken is told by its line, without a value', () => {
  test.each<[string, number, string | undefined]>([
    ['secret-text', 1, undefined],
    ['\nKEY: secret-text', 2, undefined],
    ['A=', 1, 'A'],
    ["A=''", 1, 'A'],
    ['A= # only a comment', 1, 'A'],
    ["A='secret-text", 1, 'A'],
    ["A='b' secret-text", 1, 'A'],
    ["A='b'secret-text'", 1, 'A'],
    ['secret text/more=x', 1, undefined],
    ['..A=x', 1, undefined],
    ['=secret-text', 1, undefined],
    ["A='1\n2'\n\nB='secret-text", 4, 'B'],
  ])('%j', (text, line, key) => {
    const [problem, ...more] = parseDotenv(Buffer.from(text)).problems;
    expect(more).toEqual([]);
    expect({ line: problem?.line, key: problem?.key }).toEqual({ line, key });
    expect(problem?.why).not.toContain('secret-text');
  });

  test('of a key that stands twice the first is told, and the last counts', () => {
    const { entries, problems } = parseDotenv(Buffer.from('A=1\nB=2\nA=3\n'));
    expect(problems).toEqual([{ line: 1, key: 'A', why: 'line 3 has the same key again' }]);
    expect(entries.map(({ key, value }) => [key, Buffer.from(value).toString()])).toEqual([
      ['A', '3'],
      ['B', '2'],
    ]);
  });

  test.each([
    'A=-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----\nB=2\n',
    "B=2\nA='-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n",
  ])('no line of a private key without its quotes is taken for a key: %j', (text) => {
    const { entries, problems } = parseDotenv(Buffer.from(text));
    expect(entries.map(({ key }) => key)).toEqual(['B']);
    expect(problems.map(({ key }) => key)).toEqual(['A']);
  });
});
