import { describe, expect, it, test } from 'vitest';
import type { UserSecretSpec } from '../../../src/api/index.ts';
import { generateValue, randomText } from '../../../src/controllers/user-secret/generate.ts';

type Generate = NonNullable<UserSecretSpec['generate']>;
const textOf = (generate: Generate): string => Buffer.from(generateValue(generate, 'c').value.reveal()).toString();

describe('a generated value', () => {
  test.each<[string, Generate, RegExp]>([
    ['a password of 32 letters and digits', { type: 'Password' }, /^[A-Za-z0-9]{32}$/],
    ['a password of that length and alphabet', { type: 'Password', length: 8, alphabet: 'ab!' }, /^[ab!]{8}$/],
    ['a long password', { type: 'Password', length: 1024 }, /^[A-Za-z0-9]{1024}$/],
    ['32 bytes in hex', { type: 'Hex' }, /^[0-9a-f]{64}$/],
    ['8 bytes in hex', { type: 'Hex', length: 8 }, /^[0-9a-f]{16}$/],
    ['32 bytes in base64', { type: 'Base64' }, /^[A-Za-z0-9+/]{43}=$/],
    ['a UUID of version 4', { type: 'UUID' }, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['a private key', { type: 'Ed25519' }, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/],
  ])('is %s', (_case, generate, expected) => {
    expect(textOf(generate)).toMatch(expected);
  });

  test.each<Generate['type']>(['Password', 'Hex', 'Base64', 'UUID', 'Ed25519'])(
    'of type %s is never the same twice',
    (type) => {
      const texts = Array.from({ length: 20 }, () => textOf({ type }));
      expect(new Set(texts).size).toBe(20);
    },
  );

  it('comes with its public half only where it is a key pair', () => {
    expect(generateValue({ type: 'Ed25519' }, 'id@alice').publicKey).toMatch(/^ssh-ed25519 \S+ id@alice\n$/);
    expect(generateValue({ type: 'Password' }, 'id@alice').publicKey).toBeUndefined();
  });
});

describe('random text', () => {
  it('throws away the bytes that would make some characters likelier', () => {
    // Of ten characters, 250 to 255 would come on top of 25 full rounds.
    const draws = [Uint8Array.of(250, 255, 0, 9), Uint8Array.of(251, 19), Uint8Array.of(249)];
    const asked: number[] = [];
    const random = (bytes: number): Uint8Array => {
      asked.push(bytes);
      return draws.shift() ?? Uint8Array.of();
    };
    expect(randomText(4, '0123456789', random)).toBe('0999');
    expect(asked).toEqual([4, 2, 1]);
  });

  it.each([2, 3, 62, 95])('has each of %d characters equally often for equally frequent bytes', (size) => {
    const alphabet = String.fromCharCode(...Array.from({ length: size }, (_, index) => 32 + index));
    const fair = 256 - (256 % size);
    let drawn = 0;
    const everyByte = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, () => drawn++ % 256);
    const counts = new Map<string, number>();
    for (const character of randomText(fair * 10, alphabet, everyByte)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect([...new Set(counts.values())]).toEqual([(fair / size) * 10]);
    expect(counts.size).toBe(size);
  });

  it("is uniform by the system's random source (chi squared, one false alarm in a million)", () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    const length = 62_000;
    const text = randomText(length, alphabet, (bytes) =>
      crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65_536))),
    );
    const expected = length / alphabet.length;
    const counts = Array.from(alphabet).map((character) => text.split(character).length - 1);
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(130);
  });
});
