/** Words as a POSIX shell splits them, and quotes that shells read back. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quote, splitWords } from '../../src/client/index.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** In UTF-8 wherever the tests run: a shell writes the characters of its locale. */
const env = { ...process.env, LC_ALL: 'C.UTF-8' };
const wordsOf = (shell: string, text: string): readonly string[] =>
  execFileSync(shell, ['-c', `for word in ${text}; do printf '%s\\0' "$word"; done`], { env })
    .toString()
    .split('\0')
    .slice(0, -1);

test.each([
  'a b',
  `'a b' c`,
  `"a b"c`,
  String.raw`a\ b`,
  `a''b`,
  `''`,
  String.raw`"a\"b"`,
  '  a   b  ',
  `'a"b' "c'd"`,
  `a$`,
])('%s is split as a shell splits it', (text) => {
  expect(splitWords(text)).toEqual(wordsOf('sh', text));
});

test.each([
  String.raw`$'a\nb'`,
  String.raw`$'it\'s' x`,
  String.raw`a$'\t'b`,
  String.raw`$'\x41\102\u00e9\U0001f600'`,
  String.raw`$'\303\251\e[0m\\'`,
  String.raw`"$'a'"`,
  String.raw`\$'a'`,
  String.raw`$'\q\"\?'`,
])('%s is split as bash splits it', (text) => {
  expect(splitWords(text)).toEqual(wordsOf('bash', text));
});

test.each([`'a`, `"a`, `a"b'`, 'a\\', `$'a`, String.raw`$'a\'`])('%s has no end', (text) => {
  expect(splitWords(text)).toBeUndefined();
});

const printable = [
  'plain',
  'a b',
  `it's`,
  '$HOME',
  '`x`',
  '',
  'a"b',
  '*',
  '~',
  '!x',
  '-n',
  '\\',
  'ключ',
  '😀',
  '#a',
  '$(x)',
];
const unprintable = [
  ...[
    'a\nb',
    '\t',
    '\r\n',
    '\u001b[201~rm -rf /',
    '\u0007',
    '\u007f',
    '\u0085',
    '\u202eabc',
    "it's\n\\n",
    '\u00011',
    '\u2028',
  ],
];

test.each(printable)('%j comes back from every shell', (word) => {
  expect(wordsOf('sh', quote(word))).toEqual([word]);
  expect(splitWords(quote(word))).toEqual([word]);
});

test.each(unprintable)('%j comes back from bash, and is pasted as one line without control characters', (word) => {
  expect(quote(word)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(wordsOf('bash', quote(word))).toEqual([word]);
  expect(splitWords(quote(word))).toEqual([word]);
});

test('any text comes back, quoted once and quoted twice', () => {
  const seed = 20_270_131;
  const random = seededRandom(seed);
  const characters = [...Array.from(printable.join('')), ...Array.from(unprintable.join('')), ' ', "'", '\u0001', '7'];
  const words = Array.from({ length: 400 }, () =>
    Array.from({ length: Math.floor(random() * 9) }, () => characters[Math.floor(random() * characters.length)]).join(
      '',
    ),
  );
  expect(wordsOf('bash', words.map(quote).join(' '))).toEqual(words);
  for (const word of words) expect(splitWords(splitWords(quote(quote(word)))?.[0] ?? '')).toEqual([word]);
});
