/** What a `.env` file holds, byte for byte, and what of it cannot be taken. */
import { describe, expect, test } from 'vitest';
import { readEnvFile } from '../../src/client/index.ts';

function valuesOf(text: string): Record<string, string | undefined> {
  const { entries, problems, refusal } = readEnvFile(Buffer.from(text));
  expect({ problems, refusal }).toEqual({ problems: [], refusal: undefined });
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
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
    ['A=$2a$08$qFFeh', '$2a$08$qFFeh'],
    ['A="${ARGS[@]}"', '${ARGS[@]}'],
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

  test('has names alone, for values from elsewhere', () => {
    expect(valuesOf('A\nexport B  # here\nC=\n')).toEqual({ A: undefined, B: undefined, C: '' });
  });

  test('reports the line of a $NAME that is not replaced', () => {
    const { entries } = readEnvFile(Buffer.from('A=$B\nC=\'$B\'\nD="${B}"\nE=a$\n'));
    expect(entries.map(({ name, hasReference }) => [name, hasReference])).toEqual([
      ['A', true],
      ['C', false],
      ['D', true],
      ['E', false],
    ]);
  });
});

describe('what cannot be imported is reported by its line, without a value', () => {
  test.each<[string, number, string | undefined]>([
    ['secret text', 1, undefined],
    ['secret-text:', 1, undefined],
    ['\nKEY: secret-text', 2, undefined],
    ["A='secret-text", 1, 'A'],
    ["A='b' secret-text", 1, 'A'],
    ["A='b'secret-text'", 1, 'A'],
    ['secret text/more=x', 1, undefined],
    ['..A=x', 1, undefined],
    ['=secret-text', 1, undefined],
    ["A='it\\'s secret-text'", 1, 'A'],
    ["A='1\n2'\n\nB='secret-text", 4, 'B'],
  ])('%j', (text, line, name) => {
    const [problem, ...more] = readEnvFile(Buffer.from(text)).problems;
    expect(more).toEqual([]);
    expect({ line: problem?.line, name: problem?.name }).toEqual({ line, name });
    expect(problem?.why).not.toContain('secret-text');
  });

  test('of a name that appears twice, the first is reported and the last counts', () => {
    const { entries, problems } = readEnvFile(Buffer.from('A=1\nB=2\nA=3\n'));
    expect(problems).toEqual([{ line: 1, name: 'A', why: 'line 3 has the same name again', isRepeated: true }]);
    expect(entries.map(({ name, value }) => [name, value])).toEqual([
      ['A', '3'],
      ['B', '2'],
    ]);
  });

  test.each([
    'A=-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----\nB=2\n',
    "B=2\nA='-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n",
  ])('no line of a private key without its quotes is taken for a key: %j', (text) => {
    const { entries, problems } = readEnvFile(Buffer.from(text));
    expect(entries.map(({ name }) => name)).toEqual(['B']);
    expect(problems.map(({ name }) => name)).toEqual(['A']);
  });
});

describe('a file that is not UTF-8 is one refusal', () => {
  const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
  test.each<[string, Buffer, RegExp]>([
    ['UTF-16 with its mark', utf16('A=secret-text\r\n'), /UTF-16/],
    ['UTF-16, the other way round', utf16('A=b').swap16(), /UTF-16/],
    ['UTF-16 without a mark', utf16('A=b\n').subarray(2), /line 1 holds a NUL/],
    ['Latin-1', Buffer.from('A=1\nB=secret-text-\xe9\n', 'latin1'), /not UTF-8 \(line 2\)/],
    ['a text that is cut', Buffer.from('A=1\n\nB=\u20ac').subarray(0, -1), /not UTF-8 \(line 3\)/],
    ['a NUL', Buffer.from('A=1\nB="\0"\n'), /line 2 holds a NUL/],
  ])('%s', (_name, bytes, refusal) => {
    const read = readEnvFile(bytes);
    expect(read).toEqual({ entries: [], problems: [], refusal: expect.stringMatching(refusal) as unknown });
    expect(read.refusal).not.toContain('secret-text');
  });
});

test('lines that end in CR alone are lines; in a file with other line ends a CR is a character', () => {
  expect(valuesOf('A=1\rB="2"\r')).toEqual({ A: '1', B: '2' });
  expect(valuesOf('A="1\r2"\nB=3\n')).toEqual({ A: '1\r2', B: '3' });
});
