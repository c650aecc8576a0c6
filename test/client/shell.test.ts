/** Words as a POSIX shell splits them, and quotes that shells read back. */
import { expect, test } from 'vitest';
import { quote, splitWords } from '../../src/client/index.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { wordsInShell } from '../support/shell-words.ts';

const posix = [
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
];
const ofBash = [
  String.raw`$'a\nb'`,
  String.raw`$'it\'s' x`,
  String.raw`a$'\t'b`,
  String.raw`$'\x41\102\u00e9\U0001f600'`,
  String.raw`$'\303\251\e[0m\\'`,
  String.raw`"$'a'"`,
  String.raw`\$'a'`,
  String.raw`$'\q\"\?'`,
];
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

const inSh = wordsIn('sh', [...posix, ...printable.map(quote)]);
const inBash = wordsIn('bash', [...ofBash, ...unprintable.map(quote)]);

test.each(posix)('%s is split as a shell splits it', (text) => {
  expect(splitWords(text)).toEqual(inSh(text));
});

test.each(ofBash)('%s is split as bash splits it', (text) => {
  expect(splitWords(text)).toEqual(inBash(text));
});

test.each([`'a`, `"a`, `a"b'`, 'a\\', `$'a`, String.raw`$'a\'`])('%s has no end', (text) => {
  expect(splitWords(text)).toBeUndefined();
});

test.each(printable)('%j comes back from every shell', (word) => {
  expect(inSh(quote(word))).toEqual([word]);
  expect(splitWords(quote(word))).toEqual([word]);
});

test.each(unprintable)('%j comes back from bash, and is pasted as one line without control characters', (word) => {
  expect(quote(word)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(inBash(quote(word))).toEqual([word]);
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
  expect(wordsInShell('bash', [words.map(quote).join(' ')])).toEqual([words]);
  for (const word of words) expect(splitWords(splitWords(quote(quote(word)))?.[0] ?? '')).toEqual([word]);
});

/** What the shell makes of each text, asked once. */
function wordsIn(shell: 'sh' | 'bash', texts: readonly string[]): (text: string) => readonly string[] | undefined {
  const words = wordsInShell(shell, texts);
  return (text) => words[texts.indexOf(text)];
}
