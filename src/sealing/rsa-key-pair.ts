/**
 * RSA key pairs of the `kubeseal` format: made, written and read as sealed-secrets keeps them (PEM `tls.key`, PKCS#1),
 * and imported once for all opening.
 *
 * Promise: an imported pair's private half cannot be exported, and its two halves belong together.
 */
import { concatBytes, equalBytes, type Bytes } from './bytes.ts';
import { DER, encodeDer, expectDer, readSequence, sequence } from './der.ts';
import { SealingError } from './errors.ts';
import { keyIdOf } from './key-id.ts';
import { formatPem, parsePem } from './pem.ts';

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
/** As many as Node's thread pool has threads by default. */
const PRIVATE_KEY_HANDLES = 4;

const OAEP = { name: 'RSA-OAEP', hash: 'SHA-256' } as const;
const PUBLIC_EXPONENT = Uint8Array.of(1, 0, 1);
/** OID 1.2.840.113549.1.1.1 (rsaEncryption) with its NULL parameters. */
const RSA_ENCRYPTION = Uint8Array.of(0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0);
const VERSION_0 = Uint8Array.of(DER.integer, 1, 0);
const PKCS1_LABEL = 'RSA PRIVATE KEY';
const PKCS8_LABEL = 'PRIVATE KEY';

export async function generateRsaKeyPair(bits: number = DEFAULT_RSA_BITS): Promise<RsaKeyMaterial> {
  checkBits(bits);
  const algorithm = { ...OAEP, modulusLength: bits, publicExponent: PUBLIC_EXPONENT };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  const keyId = await keyIdOf(new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)));
  return { keyId, bits, privateKeyPem: formatPem(PKCS1_LABEL, pkcs1OfPkcs8(pkcs8)) };
}

/** Reads PKCS#1 and PKCS#8. Throws `InvalidKey` when the text is no RSA key or its numbers do not belong together. */
export async function importRsaKeyPair(privateKeyPem: string): Promise<RsaKeyPair> {
  const pkcs8 = parseRsaPrivateKey(privateKeyPem);
  const takePrivateKey = await importOrInvalid('private key', () => importHandles(pkcs8));
  const publicKey = await importRsaPublicKey(spkiOfPkcs1(pkcs1OfPkcs8(pkcs8)));
  // Numbers that do not fit import without a complaint and would then open nothing: try them now.
  await importOrInvalid('private key', async () => {
    const probe = Uint8Array.of(1, 2, 3, 4);
    const sealed = await crypto.subtle.encrypt(OAEP, publicKey.publicKey, probe);
    const opened = new Uint8Array(await crypto.subtle.decrypt(OAEP, takePrivateKey(), sealed));
    if (!equalBytes(opened, probe)) throw new Error('The probe came back different.');
  });
  return { ...publicKey, takePrivateKey };
}

/** From a DER SubjectPublicKeyInfo. */
export async function importRsaPublicKey(spki: Bytes): Promise<RsaPublicKey> {
  const publicKey = await importOrInvalid('public key', () =>
    crypto.subtle.importKey('spki', spki, OAEP, true, ['encrypt']),
  );
  const bits = (publicKey.algorithm as RsaHashedKeyAlgorithm).modulusLength;
  checkBits(bits);
  const keyId = await keyIdOf(new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)));
  return { keyId, bits, publicKey };
}

/** The PKCS#8 bytes of a PEM private key, whichever of the two forms it has. */
export function parseRsaPrivateKey(privateKeyPem: string): Bytes {
  const { label, bytes } = parsePem(privateKeyPem, [PKCS1_LABEL, PKCS8_LABEL]);
  if (label === PKCS8_LABEL) return bytes;
  return sequence(VERSION_0, RSA_ENCRYPTION, encodeDer(DER.octetString, bytes));
}

/** The DER SubjectPublicKeyInfo of a PKCS#8 private key. */
export function rsaSpkiOf(pkcs8: Bytes): Bytes {
  return spkiOfPkcs1(pkcs1OfPkcs8(pkcs8));
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

/** PKCS#8 (RFC 5958) is version, algorithm, and PKCS#1 in an octet string. */
function pkcs1OfPkcs8(pkcs8: Bytes): Bytes {
  const fields = readSequence(pkcs8, 'private key');
  if (!equalBytes(expectDer(fields, 1, DER.sequence, 'private key').whole, RSA_ENCRYPTION)) {
    throw new SealingError('InvalidKey', 'The private key is no RSA key; the kubeseal format has RSA only.');
  }
  return expectDer(fields, 2, DER.octetString, 'private key').content;
}

/** PKCS#1 (RFC 8017, A.1.2) begins: version, modulus, public exponent. */
function spkiOfPkcs1(pkcs1: Bytes): Bytes {
  const fields = readSequence(pkcs1, 'private key');
  const modulus = expectDer(fields, 1, DER.integer, 'private key').whole;
  const exponent = expectDer(fields, 2, DER.integer, 'private key').whole;
  const noUnusedBits = Uint8Array.of(0);
  const bits = encodeDer(DER.bitString, concatBytes(noUnusedBits, sequence(modulus, exponent)));
  return sequence(RSA_ENCRYPTION, bits);
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
    const message = `The ${half} is no usable RSA key; restore it from a backup or make a new pair.`;
    throw new SealingError('InvalidKey', message, { cause });
  }
}
