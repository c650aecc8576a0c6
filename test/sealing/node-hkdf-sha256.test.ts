/** The test cases of RFC 5869 with SHA-256: usual, long, and without salt and info. */
import { describe, expect, it } from 'vitest';
import { hkdfSha256 } from '../../src/sealing/hkdf-sha256.ts';
import { nodeHkdfSha256 } from '../../src/sealing/node-hkdf-sha256.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const run = (from: number, length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => from + index);
const same = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte);

const cases = [
  {
    title: 'usual',
    ikm: same(0x0b, 22),
    salt: run(0, 13),
    info: run(0xf0, 10),
    length: 42,
    prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
    okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    title: 'long',
    ikm: run(0, 80),
    salt: run(0x60, 80),
    info: run(0xb0, 80),
    length: 82,
    prk: '06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244',
    okm:
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09' +
      'da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    title: 'without salt and info',
    ikm: same(0x0b, 22),
    salt: new Uint8Array(),
    info: new Uint8Array(),
    length: 42,
    prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
    okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
];

describe.each([
  { by: 'Node', kdf: nodeHkdfSha256() },
  { by: 'JavaScript', kdf: hkdfSha256() },
])('HKDF-SHA256 by $by', ({ kdf }) => {
  it.each(cases)('gives the outputs of RFC 5869: $title', async ({ ikm, salt, info, length, prk, okm }) => {
    const extracted = await kdf.Extract(salt, ikm);
    expect(hex(extracted)).toBe(prk);
    expect(hex(await kdf.Expand(extracted, info, length))).toBe(okm);
  });

  it('gives 8,160 bytes, and refuses one more', async () => {
    const prk = same(7, 32);
    expect(await kdf.Expand(prk, new Uint8Array(), 8_160)).toHaveLength(8_160);
    await expect(kdf.Expand(prk, new Uint8Array(), 8_161)).rejects.toThrow();
  });
});
