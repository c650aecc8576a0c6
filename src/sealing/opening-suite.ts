/**
 * The suites as Node opens with them: in this thread, where Web Crypto would hand each step to the thread pool. For a value of ordinary
 * size that costs many times the work itself; the largest value takes a millisecond. Sealing is Web Crypto's, as in browsers.
 */
import { createDecipheriv, createSecretKey } from 'node:crypto';
import { AEAD_AES_256_GCM, CipherSuite, type AEADFactory } from 'hpke';
import { mlkem768X25519 } from './mlkem768-x25519.ts';
import { nodeHkdfSha256 } from './node-hkdf-sha256.ts';
import { suiteParameters, TAG_BYTES, type SealingSuite } from './suites.ts';

const built = new Map<SealingSuite, CipherSuite>();

/** A private key that it has imported opens with it alone. */
export function openingSuite(suite: SealingSuite): CipherSuite {
  // Built on first use, as in `cipherSuite`.
  const existing = built.get(suite) ?? buildSuite(suite);
  built.set(suite, existing);
  return existing;
}

function buildSuite(suite: SealingSuite): CipherSuite {
  const kem = suite === 'mlkem768-x25519' ? mlkem768X25519 : suiteParameters(suite).kem;
  return new CipherSuite(kem, nodeHkdfSha256, aes256Gcm);
}

const aes256Gcm: AEADFactory = () => ({
  ...AEAD_AES_256_GCM(),
  Open: (key, nonce, aad, sealed) =>
    new Promise((resolve) => {
      const end = sealed.length - TAG_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(aad);
      decipher.setAuthTag(sealed.subarray(end));
      const plaintext = decipher.update(sealed.subarray(0, end));
      // Throws unless the tag is right.
      decipher.final();
      resolve(new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length));
    }),
});
