/**
 * RSA key pairs of the `kubeseal` format: made, written and read as sealed-secrets keeps them (PEM `tls.key`, PKCS#1),
 * and imported once for all opening.
 *
 * Promise: an imported pair's private half cannot be exported, and its two halves belong together.
 */
import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';
import { equalBytes, type Bytes } from './bytes.ts';
import { SealingError } from './errors.ts';
import { keyIdOf } from './key-id.ts';

/** A public half that is ready to seal with. */
export interface RsaPublicKey {
  readonly keyId: string;
  readonly bits: number;
  readonly publicKey: CryptoKey;
}

/** An imported pair, for opening. */
export interface RsaKeyPair extends RsaPublicKey {
  /** The private key, as the next of a few equal handles: Node lets one operation at a time through each. */
  readonly takePrivateKey: () => CryptoKey;
}

/** The private key as text, to be kept in a Secret as `tls.key`. */
export interface RsaKeyMaterial {
  readonly keyId: string;
  readonly bits: number;
  readonly privateKeyPem: string;
}

/** What sealed-secrets makes by default. */
export const DEFAULT_RSA_BITS = 4096;
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16384;
/** The number of threads that Node's thread pool has by default. */
const PRIVATE_KEY_HANDLES = 4;

const OAEP = { name: 'RSA-OAEP', hash: 'SHA-256' } as const;
const PUBLIC_EXPONENT = Uint8Array.of(1, 0, 1);
/** A key is some kilobytes. */
const MAX_PEM_LENGTH = 256 * 1024;

export async function generateRsaKeyPair(bits: number = DEFAULT_RSA_BITS): Promise<RsaKeyMaterial> {
  checkBits(bits);
  const algorithm = { ...OAEP, modulusLength: bits, publicExponent: PUBLIC_EXPONENT };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
  const keyId = await keyIdOf(new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)));
  const privateKeyPem = KeyObject.from(pair.privateKey).export({ type: 'pkcs1', format: 'pem' }).toString();
  return { keyId, bits, privateKeyPem };
}

/** Reads PKCS#1 and PKCS#8. Throws `InvalidKey` when the text is no RSA key or its numbers do not belong together. */
export async function importRsaKeyPair(privateKeyPem: string): Promise<RsaKeyPair> {
  const { pkcs8, spki } = readRsaPrivateKey(privateKeyPem);
  const takePrivateKey = await importOrInvalid('private key', () => importHandles(pkcs8));
  const publicKey = await importRsaPublicKey(spki);
  // Numbers that do not fit import without a complaint and would then open nothing: try them now.
  await importOrInvalid('private key', async () => {
    const probe = Uint8Array.of(1, 2, 3, 4);
    const sealed = await crypto.subtle.encrypt(OAEP, publicKey.publicKey, probe);
    const opened = new Uint8Array(await crypto.subtle.decrypt(OAEP, takePrivateKey(), sealed));
    if (!equalBytes(opened, probe)) throw new Error('The probe came back different.');
  });
  return { ...publicKey, takePrivateKey };
}

/** Imports a DER SubjectPublicKeyInfo. Throws where it is not a public key of this kind. */
export async function importRsaPublicKey(spki: Bytes): Promise<RsaPublicKey> {
  const publicKey = await importOrInvalid('public key', () =>
    crypto.subtle.importKey('spki', spki, OAEP, true, ['encrypt']),
  );
  const bits = (publicKey.algorithm as RsaHashedKeyAlgorithm).modulusLength;
  checkBits(bits);
  const keyId = await keyIdOf(new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)));
  return { keyId, bits, publicKey };
}

interface RsaPrivateKeyBytes {
  readonly pkcs8: Bytes;
  readonly spki: Bytes;
}

/** Reads a PEM private key in PKCS#1 or PKCS#8. An error never quotes the text. */
export function readRsaPrivateKey(privateKeyPem: string): RsaPrivateKeyBytes {
  if (privateKeyPem.length > MAX_PEM_LENGTH) {
    throw new SealingError(
      'InvalidKey',
      `The PEM text has ${privateKeyPem.length} characters, more than ${MAX_PEM_LENGTH}.`,
    );
  }
  const key = keyOf(privateKeyPem);
  if (key.asymmetricKeyType !== 'rsa') {
    throw new SealingError('InvalidKey', 'The private key is not an RSA key; the kubeseal format has RSA only.');
  }
  return {
    pkcs8: Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' })),
    spki: Uint8Array.from(createPublicKey(key).export({ type: 'spki', format: 'der' })),
  };
}

function keyOf(privateKeyPem: string): KeyObject {
  try {
    return createPrivateKey(privateKeyPem);
  } catch (cause) {
    const message = 'The text is not a private key in PEM, or it is damaged; give the file as it was written.';
    throw new SealingError('InvalidKey', message, { cause });
  }
}

async function importHandles(pkcs8: Bytes): Promise<() => CryptoKey> {
  const first = await crypto.subtle.importKey('pkcs8', pkcs8, OAEP, false, ['decrypt']);
  const handles = [first];
  while (handles.length < PRIVATE_KEY_HANDLES) {
    handles.push(await crypto.subtle.importKey('pkcs8', pkcs8, OAEP, false, ['decrypt']));
  }
  let next = 0;
  return () => handles[next++ % handles.length] ?? first;
}

function checkBits(bits: number): void {
  if (Number.isInteger(bits) && bits % 8 === 0 && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS) return;
  throw new SealingError(
    'InvalidKey',
    `The RSA key has ${bits} bits; expected a multiple of 8 from ${MIN_RSA_BITS} to ${MAX_RSA_BITS}.`,
  );
}

async function importOrInvalid<T>(half: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const message = `The ${half} is not a usable RSA key; restore it from a backup or make a new pair.`;
    throw new SealingError('InvalidKey', message, { cause });
  }
}
