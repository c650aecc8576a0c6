/** The QR code of a recovery key, read by a decoder that is not ours, from what the terminal shows. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import jsqr from 'jsqr';
import { recoveryKeyOf } from '../../src/cli/secrets/recovery-words.ts';
import { createWorld } from './typed.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-qr-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Pixels of one module. */
const scale = 4;

/** Black characters on white paper. */
function scanned(lines: readonly string[]): string | undefined {
  const rows = lines.flatMap((line) => [
    Array.from(line, (block) => block === '█' || block === '▀'),
    Array.from(line, (block) => block === '█' || block === '▄'),
  ]);
  const size = Math.max(...rows.map(({ length }) => length));
  const [width, height] = [size * scale, rows.length * scale];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true)
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return jsqr.default(pixels, width, height, { inversionAttempts: 'dontInvert' })?.data;
}

const keyIdIn = (file: string): string =>
  (JSON.parse(readFileSync(file, 'utf8')) as readonly [{ readonly keyId: string }])[0].keyId;

test.each([
  ['at a terminal', true],
  ['on paper', false],
])('%s it holds the words that are printed above it', async (_where, isTerminal) => {
  const file = join(folder, 'recovery-key.json');
  const { code, out } = await createWorld().type(['admin', 'recovery-key', 'create', '--qr', file], { isTerminal });
  expect(code).toBe(0);
  const [words, lines] = [out.split('\n').slice(0, 4), out.split('\n').slice(4)];
  if (isTerminal)
    for (const line of lines.filter(Boolean)) expect(line).toMatch(/^\u001b\[38;5;16;48;5;231m.*\u001b\[0m$/);
  const text = scanned(lines.map(stripVTControlCharacters));
  expect(text?.toLowerCase()).toBe(words.join(' '));
  expect((await recoveryKeyOf(text ?? '')).keyId).toBe(keyIdIn(file));
  // It fits where eighty columns do.
  expect(Math.max(...lines.map((line) => stripVTControlCharacters(line).length))).toBeLessThanOrEqual(80);
});

test('a code with a changed corner is not read, so the test can fail', async () => {
  const { out } = await createWorld().type(['admin', 'recovery-key', 'create', '--qr', join(folder, 'k.json')]);
  const lines = out.split('\n').slice(4).map(stripVTControlCharacters);
  expect(scanned(lines.map((line, at) => (at < 12 ? ' '.repeat(line.length) : line)))).toBeUndefined();
});

test('is not printed unless it is asked for', async () => {
  const { out } = await createWorld().type(['admin', 'recovery-key', 'create', join(folder, 'k.json')]);
  expect(out).not.toMatch(/[█▀▄]/);
});
