/**
 * HKDF-SHA256 (RFC 5869) as Node opens with it: the HMACs are Node's own, which take half the time of JavaScript's, and need no warming up.
 * The keys are key objects, because to Node anything else is first two exceptions, thrown and caught inside `createHmac`.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import type { KDFFactory } from 'hpke';
import { hkdfSha256 } from './hkdf-sha256.ts';

const hashBytes = 32;
const longestBytes = 255 * hashBytes;
const noSalt = createSecretKey(new Uint8Array(hashBytes));

export const nodeHkdfSha256: KDFFactory = () => ({
  ...hkdfSha256(),
  Extract: (salt, ikm) => {
    const key = salt.length === 0 ? noSalt : createSecretKey(salt);
    return Promise.resolve(createHmac('sha256', key).update(ikm).digest());
  },
  Expand: (prk, info, length) => new Promise((resolve) => resolve(expand(prk, info, length))),
});

function expand(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length > longestBytes) throw new RangeError(`HKDF-SHA256 gives at most ${String(longestBytes)} bytes`);
  const key = createSecretKey(prk);
  const output = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array();
  for (let at = 0, count = 1; at < length; at += hashBytes, count += 1) {
    block = createHmac('sha256', key).update(block).update(info).update(Uint8Array.of(count)).digest();
    output.set(block.subarray(0, length - at), at);
  }
  return output;
}
