/** The specifications' own test vectors, against the suites that values are sealed with. */
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  AEAD_ChaCha20Poly1305,
  CipherSuite,
  KDF_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  KEM_MLKEM768_X25519,
  type KEMFactory,
} from 'hpke';
import { mlkem768X25519 } from '../../src/sealing/mlkem768-x25519.ts';
import { openingSuite } from '../../src/sealing/opening-suite.ts';
import { cipherSuite } from '../../src/sealing/suites.ts';

interface Vectors {
  readonly rfc9180: Readonly<Record<string, string>>;
  readonly hybrid: Readonly<Record<'info' | 'ikmR' | 'skRm' | 'pkRm' | 'enc', string>> & {
    readonly encryption: Readonly<Record<'aad' | 'ct' | 'pt', string>>;
    readonly export: { readonly context: string; readonly length: number; readonly value: string };
  };
}

const { rfc9180, hybrid } = JSON.parse(readFileSync(new URL('vectors/hpke.json', import.meta.url), 'utf8')) as Vectors;
const bytes = (hex = '') => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');

/** The RFC's ephemeral key is derived, not drawn. */
const derivedEphemeralKey: KEMFactory = () => {
  const kem = KEM_DHKEM_X25519_HKDF_SHA256();
  return {
    ...kem,
    GenerateKeyPair: (extractable: boolean) => kem.DeriveKeyPair(bytes(rfc9180.ikmE), extractable),
  };
};

describe('the suite x25519', () => {
  const suite = cipherSuite('x25519', derivedEphemeralKey);

  it('has the identifiers of DHKEM(X25519), HKDF-SHA256 and AES-256-GCM', () => {
    const own = cipherSuite('x25519');
    expect([own.KEM.id, own.KDF.id, own.AEAD.id]).toEqual([0x0020, 0x0001, 0x0002]);
  });

  it('derives the key pair of RFC 9180', async () => {
    const pair = await suite.DeriveKeyPair(bytes(rfc9180.ikmR), true);
    expect(hex(await suite.SerializePublicKey(pair.publicKey))).toBe(rfc9180.pkRm);
    expect(hex(await suite.SerializePrivateKey(pair.privateKey))).toBe(rfc9180.skRm);
  });

  it('seals and opens the 1,000 messages of RFC 9180 and exports its 1,000 secrets', async () => {
    const info = bytes(rfc9180.info);
    const privateKey = await suite.DeserializePrivateKey(bytes(rfc9180.skRm));
    const publicKey = await suite.DeserializePublicKey(bytes(rfc9180.pkRm));
    const sender = await suite.SetupSender(publicKey, { info });
    expect(hex(sender.encapsulatedSecret)).toBe(rfc9180.enc);
    const recipient = await suite.SetupRecipient(privateKey, sender.encapsulatedSecret, { info });
    const opening = openingSuite('x25519');
    const openingKey = await opening.DeserializePrivateKey(bytes(rfc9180.skRm));
    const openingRecipient = await opening.SetupRecipient(openingKey, sender.encapsulatedSecret, { info });

    const draw = drawer();
    const ciphertexts = createHash('shake128', { outputLength: 16 });
    for (let index = 0; index < 1000; index++) {
      const aad = draw();
      const plaintext = draw();
      const ciphertext = await sender.ctx.Seal(plaintext, aad);
      ciphertexts.update(ciphertext);
      expect(hex(await recipient.Open(ciphertext, aad))).toBe(hex(plaintext));
      expect(hex(await openingRecipient.Open(ciphertext, aad))).toBe(hex(plaintext));
    }
    expect(ciphertexts.digest('hex')).toBe(rfc9180.encryptions_accumulated);

    const drawContext = drawer();
    const exports = createHash('shake128', { outputLength: 16 });
    for (let length = 0; length < 1000; length++) {
      const context = drawContext();
      // A secret of no bytes adds nothing to the hash, and Web Crypto cannot be asked for one.
      if (length > 0) exports.update(await recipient.Export(context, length));
    }
    expect(exports.digest('hex')).toBe(rfc9180.exports_accumulated);
  });
});

describe('the suite mlkem768-x25519', () => {
  it('has the identifiers of MLKEM768-X25519, HKDF-SHA256 and AES-256-GCM', () => {
    const own = cipherSuite('mlkem768-x25519');
    expect([own.KEM.id, own.KDF.id, own.AEAD.id]).toEqual([0x647a, 0x0001, 0x0002]);
  });

  it('derives the key pair of the draft', async () => {
    const suite = cipherSuite('mlkem768-x25519');
    const pair = await suite.DeriveKeyPair(bytes(hybrid.ikmR), true);
    expect(hex(await suite.SerializePublicKey(pair.publicKey))).toBe(hybrid.pkRm);
    expect(hex(await suite.SerializePrivateKey(pair.privateKey))).toBe(hybrid.skRm);
  });

  it.each([
    ['Web Crypto', KEM_MLKEM768_X25519],
    ["Node's own crypto", mlkem768X25519],
  ])('opens the message of the draft and exports its secret by %s', async (_, kem) => {
    const withVectorsAead = new CipherSuite(kem, KDF_HKDF_SHA256, AEAD_ChaCha20Poly1305);
    const info = bytes(hybrid.info);
    const privateKey = await withVectorsAead.DeserializePrivateKey(bytes(hybrid.skRm));
    const recipient = await withVectorsAead.SetupRecipient(privateKey, bytes(hybrid.enc), { info });
    const { aad, ct, pt } = hybrid.encryption;
    expect(hex(await recipient.Open(bytes(ct), bytes(aad)))).toBe(pt);
    const exported = await recipient.Export(bytes(hybrid.export.context), hybrid.export.length);
    expect(hex(exported)).toBe(hybrid.export.value);
  });
});

/** SHAKE128 of nothing, read as one length byte and that many bytes, again and again. */
function drawer(): () => Uint8Array {
  const stream = Uint8Array.from(createHash('shake128', { outputLength: 600_000 }).digest());
  let at = 0;
  return () => {
    const length = stream[at] ?? 0;
    const start = at + 1;
    at = start + length;
    return stream.slice(start, at);
  };
}
