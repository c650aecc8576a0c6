/** Bytes in words, and text that is safe to show. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import {
  asText,
  fromBase64,
  size,
  visibleControls,
  withoutTerminalCodes,
} from '../../../../src/console/web/parts/bytes.ts';

test.each<[string, readonly number[], string | undefined]>([
  ['plain text', [0x61, 0x0a], 'a\n'],
  ['UTF-8', [0xc3, 0xa9], 'é'],
  ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ['what is no UTF-8', [0xc3, 0x28], undefined],
  ['a zero', [0x61, 0], undefined],
])('%s is text or binary', (_case, bytes, text) => {
  expect(asText(Uint8Array.from(bytes))).toBe(text);
});

test.each([
  ['a\u001b[31mred\u001b[0m', 'ared'],
  ['\u001b]52;c;eA==\u0007x', 'x'],
  ['\u001b]8;;javascript:alert(1)\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001bPq#0\u001b\\x', 'x'],
  ['a\rb', 'ab'],
  ['a\tb\n', 'a\tb\n'],
  ['a\u0007b', 'a␇b'],
  ['a\u202eb', 'a\ufffdb'],
  ['\u009b31mx', '\ufffd31mx'],
])('%j is shown as %j', (text, shown) => {
  expect(withoutTerminalCodes(text)).toBe(shown);
});

test('without taking codes off, an escape is a sign', () => {
  expect(visibleControls('\u001b[2J')).toBe('␛[2J');
});

test.each([
  [1, '1 byte'],
  [1023, '1,023 bytes'],
  [1536, '1.5 KiB'],
  [1024 * 1024, '1.00 MiB'],
])('%d is %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

test('base64 comes back byte for byte', () => {
  expect([...fromBase64('AP8K')]).toEqual([0, 255, 10]);
});
