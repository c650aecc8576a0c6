/**
 * Keyed hashes by which the controllers recognise what is settled, without keeping or opening a value.
 * The key is the operator's own (Secret `neuro-operator-fingerprint-key`), so nobody else learns anything from a hash, not even
 * that two secrets are equal: the object's UID is part of each.
 */
import { createHmac, createSecretKey } from 'node:crypto';

/** Twelve hexadecimal digits: enough to tell versions of one secret apart, short enough for a table. */
const digits = 12;

export interface Fingerprint {
  /** The version of a value of the object of that UID; equal versions mean equal values. `base64` is as in a Secret's data. */
  version(uid: string, base64: string): string;
  /** A hash of what a UserSecret names as its source, ciphertext or plain. */
  source(uid: string, source: unknown): string;
  /** Proves that the operator wrote these texts about the object of that UID. */
  proof(uid: string, ...texts: readonly string[]): string;
  /** A hash of the data of a ConfigMap of ours, whatever the order of its keys. */
  data(data: Readonly<Record<string, string>>): string;
}

export function createFingerprint(key: Uint8Array): Fingerprint {
  // Imported once: from raw bytes each hash would cost six times as much.
  const keyObject = createSecretKey(key);
  const digest = (...parts: readonly string[]): string => {
    const hmac = createHmac('sha256', keyObject);
    for (const part of parts) hmac.update(`${String(part.length)}:`).update(part);
    return hmac.digest('hex').slice(0, digits);
  };
  return {
    version: (uid, base64) => digest('value', uid, base64),
    proof: (uid, ...texts) => digest('proof', uid, ...texts),
    source: (uid, source) => digest('source', uid, JSON.stringify(source)),
    data: (data) =>
      digest(
        'data',
        ...Object.keys(data)
          .sort()
          .flatMap((key) => [key, data[key] ?? '']),
      ),
  };
}
