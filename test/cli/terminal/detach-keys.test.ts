/** Ctrl-P Ctrl-Q leaves a session; every other key passes. */
import { expect, test } from 'vitest';
import { createDetachKeys } from '../../../src/cli/terminal/detach-keys.ts';

test.each<[string, readonly string[], string | undefined]>([
  ['ordinary keys', ['ls\r'], 'ls\r'],
  ['Ctrl-C', ['\u0003'], '\u0003'],
  ['Ctrl-P with the key after it', ['\u0010a'], '\u0010a'],
  ['Ctrl-P twice, once the next key comes', ['\u0010\u0010', 'x'], '\u0010\u0010x'],
  ['Ctrl-Q alone', ['\u0011'], '\u0011'],
  ['nothing of both together', ['\u0010\u0011'], undefined],
  ['nothing of both one by one', ['a', '\u0010', '\u0011'], undefined],
])('passes %s', (_name, typed, passed) => {
  const keys = createDetachKeys();
  const results = typed.map((text) => keys.take(Buffer.from(text)));
  expect(results.includes(undefined) ? undefined : Buffer.concat(results as Uint8Array[]).toString()).toBe(passed);
});
