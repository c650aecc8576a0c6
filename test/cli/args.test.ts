/** What people type for a job and a grant, and what it means. */
import { describe, expect, test } from 'vitest';
import { parseEnv } from '../../src/cli/args/env.ts';
import { parseExpires } from '../../src/cli/args/expires.ts';
import { shellWords } from '../../src/cli/args/shell-words.ts';
import { parseVolume } from '../../src/cli/args/volume.ts';
import { explain } from '../../src/cli/errors.ts';

function codeOf(act: () => unknown): number {
  try {
    act();
  } catch (error) {
    return explain(error).exitCode;
  }
  return 0;
}

function read(text: string, surroundings: Readonly<Record<string, string>> = {}): ReturnType<typeof parseEnv> {
  return parseEnv([], [{ path: 'my.env', bytes: Buffer.from(text) }], surroundings);
}

describe('--env', () => {
  test.each([
    ['A=b', { name: 'A', value: 'b' }],
    ['A=b=c', { name: 'A', value: 'b=c' }],
    ['A=', { name: 'A', value: '' }],
    ['HERE', { name: 'HERE', value: 'from here' }],
    ['NOT_HERE', { name: 'NOT_HERE', value: '' }],
    ['A=secret:key', { name: 'A', secret: { key: 'key' } }],
    ['A=secret:key#tls.crt', { name: 'A', secret: { key: 'key', part: 'tls.crt' } }],
    ['A=secret:/alice/key', { name: 'A', secret: { owner: 'alice', key: 'key' } }],
    ['A=secret://c/alice/key', { name: 'A', secret: { cluster: 'c', owner: 'alice', key: 'key' } }],
    ['A=Secret:key', { name: 'A', value: 'Secret:key' }],
    ['FROM_SECRET', { name: 'FROM_SECRET', secret: { key: 'k' } }],
    ['constructor', { name: 'constructor', value: '' }],
    ['__proto__=x', { name: '__proto__', value: 'x' }],
  ])('%s', (word, expected) => {
    const surroundings = { HERE: 'from here', FROM_SECRET: 'secret:k' };
    expect(parseEnv([word], [], surroundings)).toEqual([expected]);
  });

  test.each(['=x', '1A=x', 'A B=x', 'A=secret:', 'A=secret:a/b', 'A=secret:k#x', 'A=secret:k?x'])(
    '%s is refused with 127',
    (word) => {
      expect(codeOf(() => parseEnv([word], [], {}))).toBe(127);
    },
  );

  test('a refusal does not repeat what may be a value', () => {
    expect(() => parseEnv(['p@ss=word!'], [], {})).toThrow(/^(?!.*p@ss)/);
  });

  test('later wins over earlier, and --env over a file', () => {
    const file = { path: 'f', bytes: Buffer.from('\ufeff# comment\n\n  A=1\r\nB=2\nC=secret:k\n') };
    expect(parseEnv(['B=3', 'B=4'], [file], {})).toEqual([
      { name: 'A', value: '1' },
      { name: 'C', secret: { key: 'k' } },
      { name: 'B', value: '4' },
    ]);
  });

  test('a bad line of a file is named by file and line', () => {
    expect(() => read('A=1\nB C=2\n')).toThrow(/^my\.env:2: 'B C' is not the name of a variable/);
    expect(() => read('A=1\nB=secret:a b\n')).toThrow(/^my\.env:2: The URI/);
    expect(() => read("A=1\nB='2\n")).toThrow(/^my\.env:2: the quote ' has no end/);
  });

  test('quotes, comments, export and line ends of a file mean what they mean in an import', () => {
    const text = `FOO="bar baz"\r\nPLAIN=x # note\nexport A=b\nKEY='secret:k'\nHERE\nEMPTY=\nFOO2='a\nb'\nA=c`;
    expect(read(text, { HERE: 'from here' })).toEqual([
      { name: 'FOO', value: 'bar baz' },
      { name: 'PLAIN', value: 'x' },
      { name: 'A', value: 'c' },
      { name: 'KEY', secret: { key: 'k' } },
      { name: 'HERE', value: 'from here' },
      { name: 'EMPTY', value: '' },
      { name: 'FOO2', value: 'a\nb' },
    ]);
  });

  test('a file that is not UTF-8 is one error', () => {
    expect(codeOf(() => parseEnv([], [{ path: 'f', bytes: Buffer.from('A=\xe9', 'latin1') }], {}))).toBe(65);
  });
});

describe('--volume', () => {
  test.each([
    ['secret:key:/a/b', { kind: 'secret', path: '/a/b', secret: { key: 'key' } }],
    ['secret:key#tls.key:/a/b', { kind: 'secret', path: '/a/b', secret: { key: 'key', part: 'tls.key' } }],
    ['secret:key:/a/b:ro', { kind: 'secret', path: '/a/b', secret: { key: 'key' } }],
    ['secret:/alice/key:/x', { kind: 'secret', path: '/x', secret: { owner: 'alice', key: 'key' } }],
    ['secret://c/alice/key:/x', { kind: 'secret', path: '/x', secret: { cluster: 'c', owner: 'alice', key: 'key' } }],
    ['pvc:data:/mnt', { kind: 'claim', path: '/mnt', claim: 'data', readOnly: false }],
    ['disk:data:/mnt:ro', { kind: 'claim', path: '/mnt', claim: 'data', readOnly: true }],
    ['pvc:data:/mnt:rw', { kind: 'claim', path: '/mnt', claim: 'data', readOnly: false }],
  ])('%s', (text, expected) => {
    expect(parseVolume(text)).toEqual(expected);
  });

  test.each([
    'secret:key',
    'secret:key:',
    'secret:key:rel',
    'secret:key:/a:rw',
    'secret::/a',
    'secret:/alice:/a',
    'storage:a:/b',
    'pvc:data',
    'pvc:data:mnt',
    'key:/a',
    '/a:/b',
    '',
  ])('%s is refused with 127', (text) => {
    expect(codeOf(() => parseVolume(text))).toBe(127);
  });
});

describe('--expires', () => {
  const now = new Date('2026-11-25T10:00:00.500Z');
  test.each([
    ['8h', '2026-11-25T18:00:00Z'],
    ['1d2h', '2026-11-26T12:00:00Z'],
    ['2027-01-31', '2027-01-31T23:59:59Z'],
    ['2027-01-31T18:00:00Z', '2027-01-31T18:00:00Z'],
    ['2027-01-31T18:00+02:00', '2027-01-31T16:00:00Z'],
  ])('%s', (text, expected) => {
    expect(parseExpires(text, now)).toBe(expected);
  });

  test.each(['', '0h', 'tomorrow', '2027-02-30', '2027-13-01', '2027-01-31T18:00:00'])('%s is refused', (text) => {
    expect(codeOf(() => parseExpires(text, now))).toBe(2);
  });
});

describe('a command line as one word', () => {
  test.each<[string, readonly string[]]>([
    ['ls -l', ['ls', '-l']],
    ['  a   b ', ['a', 'b']],
    [`sh -c 'echo "$X"'`, ['sh', '-c', 'echo "$X"']],
    ['a"b c"d', ['ab cd']],
    [String.raw`a\ b "c\"d"`, ['a b', 'c"d']],
    [`''`, ['']],
    ['', []],
  ])('%s', (text, expected) => {
    expect(shellWords(text)).toEqual(expected);
  });

  test.each([`a 'b`, 'a "b', 'a\\'])('%s has a quote without an end', (text) => {
    expect(codeOf(() => shellWords(text))).toBe(2);
  });
});
