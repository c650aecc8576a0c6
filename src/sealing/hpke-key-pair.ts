/**
 * HPKE key pairs: made, and written as text for a Secret. Imported for opening by import-hpke-key-pair.ts.
 */
import type { Key, KEMFactory, KeyPair } from 'hpke';
import { decodeBase64, encodeBase64 } from './bytes.ts';
import { SealingError } from './errors.ts';
import { keyIdOf } from './key-id.ts';
import {
  asUnsupported,
  cipherSuite,
  DEFAULT_SEALING_SUITE,
  isSealingSuite,
  suiteParameters,
  type SealingSuite,
} from './suites.ts';

/** A public half as clients get it; plain data. `publicKey` is the KEM's raw encoding. */
export interface SealingPublicKey {
  readonly suite: SealingSuite;
  readonly keyId: string;
  readonly publicKey: Uint8Array;
}

/** Both halves as plain bytes, to be kept in a Secret. */
export interface HpkeKeyMaterial extends SealingPublicKey {
  readonly privateKey: Uint8Array;
}

/** An imported pair, for opening. */
export interface HpkeKeyPair extends SealingPublicKey {
  readonly keys: KeyPair;
}

const MAX_PAIR_TEXT_LENGTH = 64 * 1024;

export async function generateHpkeKeyPair(suite: SealingSuite = DEFAULT_SEALING_SUITE): Promise<HpkeKeyMaterial> {
  const cipher = cipherSuite(suite);
  try {
    const pair = await cipher.GenerateKeyPair(true);
    const publicKey = await cipher.SerializePublicKey(pair.publicKey);
    const privateKey = await cipher.SerializePrivateKey(pair.privateKey);
    return { suite, keyId: await keyIdOf(publicKey), publicKey, privateKey };
  } catch (error) {
    throw asUnsupported(suite, error);
  }
}

/** The pair that belongs to these 32 random bytes: the same each time, so that they can be kept instead of it. */
export async function deriveHpkeKeyPair(
  seed: Uint8Array,
  suite: SealingSuite = DEFAULT_SEALING_SUITE,
): Promise<HpkeKeyMaterial> {
  const cipher = cipherSuite(suite);
  try {
    const pair = await cipher.DeriveKeyPair(seed, true);
    const publicKey = await cipher.SerializePublicKey(pair.publicKey);
    const privateKey = await cipher.SerializePrivateKey(pair.privateKey);
    return { suite, keyId: await keyIdOf(publicKey), publicKey, privateKey };
  } catch (error) {
    throw asUnsupported(suite, error);
  }
}

/** Throws `InvalidKey` when the bytes are no key of the suite or the key id is not theirs. */
export async function importHpkePublicKey(publicKey: SealingPublicKey, kem?: KEMFactory): Promise<Key> {
  const { suite, keyId } = publicKey;
  checkLength(publicKey.publicKey, suiteParameters(suite).publicKeyBytes, `public key ${keyId}`);
  await checkKeyId(publicKey);
  return invalidKeyOnFailure(suite, `The public key ${keyId} is not a key of ${suite}`, () =>
    cipherSuite(suite, kem).DeserializePublicKey(publicKey.publicKey),
  );
}

/** One line of JSON; `parseHpkeKeyPair` reads it. It holds the private key: for a Secret only. */
export function formatHpkeKeyPair(material: HpkeKeyMaterial): string {
  const { suite, keyId } = material;
  const publicKey = encodeBase64(material.publicKey, 'base64url');
  const privateKey = encodeBase64(material.privateKey, 'base64url');
  return JSON.stringify({ suite, keyId, publicKey, privateKey });
}

/** Throws `InvalidKey`; never shows a piece of the text. Whether the halves fit is tried by `importHpkeKeyPair`. */
export function parseHpkeKeyPair(text: string): HpkeKeyMaterial {
  const { suite, keyId, publicKey, privateKey } = parseFields(text);
  if (typeof suite !== 'string' || typeof keyId !== 'string') throw invalidPair('lacks its suite or key id');
  if (typeof publicKey !== 'string' || typeof privateKey !== 'string') throw invalidPair('lacks one of its halves');
  if (!isSealingSuite(suite)) throw invalidPair('is of a suite that is not known here');
  try {
    return {
      suite,
      keyId,
      publicKey: decodeBase64(publicKey, 'base64url', 'public key'),
      privateKey: decodeBase64(privateKey, 'base64url', 'private key'),
    };
  } catch (error) {
    if (error instanceof SealingError) throw invalidPair(`is damaged: ${error.message}`);
    throw error;
  }
}

/** Throws `InvalidKey` unless the id is that of the bytes. */
export async function checkKeyId(publicKey: SealingPublicKey): Promise<void> {
  const expected = await keyIdOf(publicKey.publicKey);
  if (publicKey.keyId === expected) return;
  throw new SealingError(
    'InvalidKey',
    `The public key has the id ${expected}, but is listed as ${JSON.stringify(publicKey.keyId)}: the list was changed by hand or is damaged.`,
  );
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  if (text.length > MAX_PAIR_TEXT_LENGTH) throw invalidPair(`has ${text.length} characters, too many for a pair`);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  } catch {
    // JSON.parse quotes what it read, which here is a private key: its message must not be kept.
  }
  throw invalidPair('is not a JSON object');
}

export function checkLength(bytes: Uint8Array, expectedBytes: number, what: string): void {
  if (bytes.length === expectedBytes) return;
  throw new SealingError('InvalidKey', `The ${what} has ${bytes.length} bytes instead of ${expectedBytes}.`);
}

export async function invalidKeyOnFailure<T>(suite: SealingSuite, problem: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const error = asUnsupported(suite, cause);
    if (error instanceof SealingError) throw error;
    throw new SealingError('InvalidKey', `${problem}; restore it from a backup or make a new pair.`, { cause });
  }
}

function invalidPair(problem: string): SealingError {
  return new SealingError('InvalidKey', `The stored key pair ${problem}; restore it from a backup or make a new pair.`);
}
