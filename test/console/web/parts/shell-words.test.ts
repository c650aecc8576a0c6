/** Words of a command as a POSIX shell splits them, and quotes that it reads back. */
import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { quote } from '../../../../src/console/web/parts/shell-quote.ts';
import { splitWords } from '../../../../src/console/web/parts/shell-words.ts';

const asShell = (text: string): readonly string[] =>
  execFileSync('sh', ['-c', `for word in ${text}; do printf '%s\\0' "$word"; done`])
    .toString()
    .split('\0')
    .slice(0, -1);

test.each(['a b', `'a b' c`, `"a b"c`, String.raw`a\ b`, `a''b`, `''`, String.raw`"a\"b"`, '  a   b  ', `'a"b' "c'd"`])(
  '%s is split as a shell splits it',
  (text) => {
    expect(splitWords(text)).toEqual(asShell(text));
  },
);

test.each([`'a`, `"a`, `a"b'`, 'a\\'])('%s has no end', (text) => {
  expect(splitWords(text)).toBeUndefined();
});

test.each(['plain', 'a b', `it's`, '$HOME', '`x`', '', 'a"b', 'a\nb', '*', '~', '!x', '-n'])(
  '%j comes back from a shell',
  (word) => {
    expect(asShell(quote(word))).toEqual([word]);
    expect(splitWords(quote(word))).toEqual([word]);
  },
);
