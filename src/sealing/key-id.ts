/** The short name of a key pair: the first 16 hexadecimal digits of the SHA-256 of its public half. */
import { sha256Hex } from './bytes.ts';

const KEY_ID_PATTERN = /^[0-9a-f]{16}$/;

/**
 * `publicKey` is the KEM's raw encoding for an HPKE suite, the DER SubjectPublicKeyInfo for RSA. A key id only finds a
 * pair; nothing is trusted because of it, so 64 bits are enough.
 */
export async function keyIdOf(publicKey: Uint8Array): Promise<string> {
  return (await sha256Hex(publicKey)).slice(0, 16);
}

export function isKeyId(text: string): boolean {
  return KEY_ID_PATTERN.test(text);
}
