/**
 * The private half of the KEM MLKEM768-X25519 (draft-ietf-hpke-pq, the KEM also called X-Wing), by Node's own crypto.
 *
 * To open a value takes a tenth of a millisecond here. Web Crypto sends each of the four steps to the thread pool and waits for the result,
 * which takes longer than the steps themselves. The `hpke` package does the rest: it creates pairs, and seals with public keys.
 * Promise: the key cannot be exported, nor read from the object.
 */
import * as crypto from 'node:crypto';
import { KEM_MLKEM768_X25519, type KEMFactory, type Key } from 'hpke';

/** The length of the ML-KEM part of an encapsulated key, whose rest is the X25519 part; and of the seeds of both private keys. */
const mlKemCiphertextBytes = 1088;
const mlKemSeedBytes = 64;
const x25519SeedBytes = 32;
/** What stands before a key in its DER form: RFC 9935 (the seed alone) and RFC 8410. */
const mlKemPrivateHead = Buffer.from('3054020100300b060960864801650304040204428040', 'hex');
const x25519PrivateHead = Buffer.from('302e020100300506032b656e04220420', 'hex');
const x25519PublicHead = Buffer.from('302a300506032b656e032100', 'hex');
/** The same in the text form, of which each three bytes are four letters. */
const x25519PublicPemHead = `-----BEGIN PUBLIC KEY-----\n${x25519PublicHead.toString('base64')}`;
const publicPemTail = '\n-----END PUBLIC KEY-----\n';
/** The KEM's own label: a domain of the hash. */
const label = Buffer.from('\\.//^\\');

export const mlkem768X25519: KEMFactory = () => ({
  ...KEM_MLKEM768_X25519(),
  DeserializePrivateKey: (seed: Uint8Array) => settled(() => new PrivateKey(seed)),
  Decap: (encapsulated: Uint8Array, key: Key) => settled(() => privateKeyOf(key).decapsulate(encapsulated)),
});

class PrivateKey implements Key {
  readonly algorithm = { name: 'MLKEM768-X25519' };
  readonly extractable = false;
  readonly type = 'private';
  readonly #mlKem: crypto.KeyObject;
  readonly #x25519: crypto.KeyObject;
  readonly #x25519Public: Uint8Array;

  constructor(seed: Uint8Array) {
    const seeds = crypto
      .createHash('shake256', { outputLength: mlKemSeedBytes + x25519SeedBytes })
      .update(seed)
      .digest();
    this.#mlKem = privateKey(mlKemPrivateHead, seeds.subarray(0, mlKemSeedBytes));
    this.#x25519 = privateKey(x25519PrivateHead, seeds.subarray(mlKemSeedBytes));
    const publicDer = crypto.createPublicKey(this.#x25519).export({ format: 'der', type: 'spki' });
    this.#x25519Public = publicDer.subarray(x25519PublicHead.length);
  }

  /** The shared secret. Throws where X25519's part is no point, or gives the zero secret. */
  decapsulate(encapsulated: Uint8Array): Uint8Array {
    const point = encapsulated.subarray(mlKemCiphertextBytes);
    // A text, because to Node everything else is first four exceptions, thrown and caught inside `createPublicKey`.
    const publicKey = crypto.createPublicKey(x25519PublicPemHead + base64(point) + publicPemTail);
    return crypto
      .createHash('sha3-256')
      .update(crypto.decapsulate(this.#mlKem, encapsulated.subarray(0, mlKemCiphertextBytes)))
      .update(crypto.diffieHellman({ privateKey: this.#x25519, publicKey }))
      .update(point)
      .update(this.#x25519Public)
      .update(label)
      .digest();
  }
}

function privateKey(head: Buffer, seed: Buffer): crypto.KeyObject {
  return crypto.createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' });
}

function base64({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('base64');
}

function privateKeyOf(key: Key): PrivateKey {
  if (key instanceof PrivateKey) return key;
  throw new TypeError('the key was not imported for opening');
}

/** What the interface wants: a promise, also of what throws. */
function settled<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => resolve(run()));
}
