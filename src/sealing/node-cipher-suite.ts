/**
 * Opening in Node, in the calling thread: for the operator, which opens many values.
 *
 * Promise: the suites of `cipherSuite`, byte for byte; only who does the work differs. Web Crypto hands each opening to the thread
 * pool five times, which costs more than the work itself, and a value has at most 1 MiB, which AES decrypts in a millisecond.
 * Private keys are handles of OpenSSL that nothing here exports. Needs Node 24.7; not for browsers.
 */
import crypto, { type KeyObject } from 'node:crypto';
import { AEAD_AES_256_GCM, CipherSuite, KEM_MLKEM768_X25519, type AEADFactory, type Key, type KEMFactory } from 'hpke';
import { concatBytes } from './bytes.ts';
import { hkdfSha256 } from './hkdf-sha256.ts';
import { cipherSuite, TAG_BYTES, type SealingSuite } from './suites.ts';

const ML_KEM_SEED_BYTES = 64;
const ML_KEM_CIPHERTEXT_BYTES = 1088;
const X25519_BYTES = 32;
/** What stands before the bytes of a key in DER: draft-ietf-lamps-kyber-certificates (the seed alone), RFC 8410. */
const ML_KEM_768_PKCS8 = Buffer.from('3054020100300b060960864801650304040204428040', 'hex');
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');
/** draft-irtf-cfrg-concrete-hybrid-kems, MLKEM768-X25519: what ends the hash that joins the two secrets. */
const COMBINER_LABEL = Uint8Array.of(0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c);

/** For `importHpkeKeyPair`. The suite x25519, which nothing seals with where there is ML-KEM, stays with Web Crypto. */
export function nodeCipherSuite(suite: SealingSuite): CipherSuite {
  if (suite !== 'mlkem768-x25519') return cipherSuite(suite);
  return new CipherSuite(nodeMlKem768X25519, hkdfSha256, aes256Gcm);
}

/** The private half: its seed is stretched to those of both keys (draft-irtf-cfrg-hybrid-kems, section 5.1). */
class OpeningKey implements Key {
  readonly algorithm = { name: 'MLKEM768-X25519' };
  readonly type = 'private';
  readonly extractable = false;
  readonly #mlKem: KeyObject;
  readonly #x25519: KeyObject;
  readonly #x25519Public: Uint8Array;

  constructor(seed: Uint8Array) {
    const outputLength = ML_KEM_SEED_BYTES + X25519_BYTES;
    const seeds = crypto.createHash('shake256', { outputLength }).update(seed).digest();
    this.#mlKem = privateKey(ML_KEM_768_PKCS8, seeds.subarray(0, ML_KEM_SEED_BYTES));
    this.#x25519 = privateKey(X25519_PKCS8, seeds.subarray(ML_KEM_SEED_BYTES));
    const ownPublic = crypto.createPublicKey(this.#x25519).export({ format: 'der', type: 'spki' });
    this.#x25519Public = ownPublic.subarray(-X25519_BYTES);
  }

  /** Throws what OpenSSL throws when the half for X25519 is no point, or gives the zero secret. */
  decapsulate(encapsulated: Uint8Array): Uint8Array {
    const theirs = encapsulated.subarray(ML_KEM_CIPHERTEXT_BYTES);
    const theirKey = Buffer.concat([X25519_SPKI, theirs]);
    const publicKey = crypto.createPublicKey({ key: theirKey, format: 'der', type: 'spki' });
    const joined = concatBytes(
      crypto.decapsulate(this.#mlKem, encapsulated.subarray(0, ML_KEM_CIPHERTEXT_BYTES)),
      crypto.diffieHellman({ privateKey: this.#x25519, publicKey }),
      theirs,
      this.#x25519Public,
      COMBINER_LABEL,
    );
    return crypto.hash('sha3-256', joined, 'buffer');
  }
}

function privateKey(header: Uint8Array, key: Uint8Array): KeyObject {
  return crypto.createPrivateKey({ key: Buffer.concat([header, key]), format: 'der', type: 'pkcs8' });
}

/** Web Crypto's, which makes, writes and seals for keys as before; opening alone is ours. */
export const nodeMlKem768X25519: KEMFactory = () => ({
  ...KEM_MLKEM768_X25519(),
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws becomes a rejection.
  DeserializePrivateKey: async (seed) => new OpeningKey(seed),
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws becomes a rejection.
  Decap: async (encapsulated, key) => {
    if (!(key instanceof OpeningKey)) throw new TypeError('the key is of another suite');
    return key.decapsulate(encapsulated);
  },
});

const aes256Gcm: AEADFactory = () => ({
  ...AEAD_AES_256_GCM(),
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws becomes a rejection.
  Open: async (key, nonce, aad, sealed) => {
    const decipher = crypto.createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plaintext = new Uint8Array(decipher.update(sealed.subarray(0, -TAG_BYTES)));
    // In GCM it gives no bytes more; it is what checks the tag.
    decipher.final();
    return plaintext;
  },
});
