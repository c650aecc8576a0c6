import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../src/sealing/bytes.ts';
import { importsOf } from '../support/import-circles.ts';
import { codeOf, seededBytes, seededRandom } from './support.ts';

describe.each(['base64', 'base64url'] as const)('%s', (alphabet) => {
  it('agrees with another implementation on every length to 100 and both ways', () => {
    const random = seededRandom(1);
    for (let length = 0; length <= 100; length++) {
      const value = seededBytes(random, length);
      const encoded = Buffer.from(value).toString(alphabet);
      expect(encodeBase64(value, alphabet)).toBe(encoded);
      expect(decodeBase64(encoded, alphabet, 'text')).toEqual(value);
    }
  });

  it('accepts a text only if encoding gives exactly it again, for random texts', async () => {
    const random = seededRandom(2);
    const characters = 'ABCDwxyz0189+/-_= \n.é€';
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: random(9) }, () => characters.charAt(random(characters.length))).join('');
      const canonical = Buffer.from(text, alphabet).toString(alphabet) === text;
      if (canonical) expect(encodeBase64(decodeBase64(text, alphabet, 'text'), alphabet)).toBe(text);
      else expect(await codeOf(() => decodeBase64(text, alphabet, 'text'))).toBe('Malformed');
    }
  });
});

it('what a browser imports of this layer uses nothing that a browser does not have', () => {
  const folder = fileURLToPath(new URL('../../src/sealing/', import.meta.url));
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const next of importsOf(path)) if (next.startsWith(folder)) visit(next);
  };
  visit(join(folder, 'browser.ts'));
  expect(seen.size).toBeGreaterThan(5);
  for (const path of seen) {
    const source = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect({ path, found: /\bnode:|\bBuffer\b|\bprocess\b|\brequire\(/.exec(source)?.[0] }).toEqual({ path });
  }
});
