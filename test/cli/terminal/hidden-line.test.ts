/** A line that nobody sees, key by key and pasted. */
import { expect, test } from 'vitest';
import { createHiddenLine } from '../../../src/cli/terminal/hidden-line.ts';

const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;

test.each<[string, string, string]>([
  ['what is typed', 'pass word\r', 'pass word'],
  ['a line break of a pipe', 'password\n', 'password'],
  ['backspace', 'passx\u007f\u007fs\r', 'pass'],
  ['backspace over a picture', 'a👩‍👩‍👧‍👦\u007f\r', 'a'],
  ['Ctrl-U', 'wrong\u0015right\r', 'right'],
  ['arrows and function keys, which do nothing', '\u001b[Aa\u001b[1;5C\u001bOPb\u001b[15~c\r', 'abc'],
  ['control keys, which do nothing', 'a\u0001\u0016b\r', 'ab'],
  ['Ctrl-D behind something', 'ab\u0004c\r', 'abc'],
  ['a paste of several lines', `${paste('-----BEGIN\r\nx\r\ry\n-----END\r')}\r`, '-----BEGIN\nx\n\ny\n-----END\n'],
  ['control characters in a paste', `a${paste('\u0003\t\u001b[A')}b\r`, 'a\u0003\t\u001b[Ab'],
  ['two pastes', `${paste('a')}${paste('b')}\r`, 'ab'],
])('%s', (_name, keys, text) => {
  for (const size of [1, 3, 1000]) {
    const line = createHiddenLine();
    let end: string | undefined;
    for (let at = 0; at < keys.length && end === undefined; at += size) end = line.take(keys.slice(at, at + size)).end;
    expect([end, line.text]).toEqual(['entered', text]);
  }
});

test.each([
  ['Ctrl-C', 'abc\u0003', 'interrupted'],
  ['Ctrl-D at the beginning', '\u0004', 'ended'],
])('%s ends it', (_name, keys, end) => {
  expect(createHiddenLine().take(keys).end).toBe(end);
});

test('what is typed ahead stays for the next line', () => {
  expect(createHiddenLine().take('one\rtwo\r')).toEqual({ end: 'entered', rest: 'two\r' });
});
