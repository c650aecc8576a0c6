/**
 * HKDF-SHA256 (RFC 5869) for HPKE's key schedule, in this thread. Sealing uses it, in browsers and in Node; opening uses Node's own HMAC.
 *
 * Web Crypto would make two jobs of the thread pool of each hash, whose hand-over costs many times the hash. The keys themselves stay there.
 */
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { KDFFactory } from 'hpke';

export const hkdfSha256: KDFFactory = () => ({
  id: 0x0001,
  type: 'KDF',
  name: 'HKDF-SHA256',
  Nh: 32,
  stages: 2,
  Extract: (salt, ikm) => Promise.resolve(extract(sha256, ikm, salt)),
  Expand: (prk, info, length) => new Promise((resolve) => resolve(expand(sha256, prk, info, length))),
  Derive: () => Promise.reject(new TypeError('HKDF has two stages')),
});
