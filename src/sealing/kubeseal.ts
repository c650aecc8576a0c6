/**
 * The format of sealed-secrets' `kubeseal`, byte for byte (its `pkg/crypto`, `HybridEncrypt`):
 *
 *     base64( uint16be(length of the RSA part) || RSA-OAEP-SHA256(session key, label) || AES-256-GCM(value) )
 *
 * with a session key of 32 random bytes used once, hence a nonce of zeros, and the scope in the label.
 *
 * Promise: sizes are checked before any RSA; a text opens only in the scope, namespace and name it was sealed for.
 * Not promised, as the format has no room for it: that it is bound to the key, and which pair it was sealed for (so each
 * pair of its size is tried, the preferred one first, then in the order given).
 */
import { concatBytes, decodeBase64, encodeBase64, type Bytes } from './bytes.ts';
import {
  checkContext,
  checkValueLength,
  describeContext,
  kubesealLabel,
  MAX_VALUE_BYTES,
  type SealingContext,
  type SealingScope,
} from './context.ts';
import { SealingError } from './errors.ts';
import type { RsaKeyPair, RsaPublicKey } from './rsa-key-pair.ts';
import { TAG_BYTES } from './suites.ts';

export interface OpenKubesealOptions {
  /** The pair that opened this value the last time; a wrong or unknown id costs nothing but time. */
  readonly preferredKeyId?: string | undefined;
}

export interface OpenedKubeseal {
  readonly plaintext: Bytes;
  readonly keyId: string;
}

interface KubesealParts {
  readonly encryptedSessionKey: Bytes;
  readonly ciphertext: Bytes;
}

const HEADER_BYTES = 2;
const SESSION_KEY_BYTES = 32;
const ZERO_NONCE = new Uint8Array(12);
/** RSA of 2048 to 16384 bits; what lies outside is no key's size, but a damaged header. */
const MIN_RSA_BYTES = 256;
const MAX_RSA_BYTES = 2048;
const MAX_TEXT_LENGTH = Math.ceil((HEADER_BYTES + MAX_RSA_BYTES + MAX_VALUE_BYTES + TAG_BYTES) / 3) * 4;

/** Throws `Empty`, `TooLarge` or `InvalidContext`. Whether a certificate has expired is for the caller to ask. */
export async function sealKubeseal(
  recipient: RsaPublicKey,
  scope: SealingScope,
  context: SealingContext,
  plaintext: Uint8Array,
): Promise<string> {
  checkContext(context);
  checkValueLength(plaintext.length);
  const sessionKey = crypto.getRandomValues(new Uint8Array(SESSION_KEY_BYTES));
  const aesKey = await importSessionKey(sessionKey, 'encrypt');
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: ZERO_NONCE },
    aesKey,
    new Uint8Array(plaintext),
  );
  const encryptedSessionKey = await crypto.subtle.encrypt(oaep(scope, context), recipient.publicKey, sessionKey);
  const header = Uint8Array.of(encryptedSessionKey.byteLength >> 8, encryptedSessionKey.byteLength & 255);
  return encodeBase64(concatBytes(header, new Uint8Array(encryptedSessionKey), new Uint8Array(ciphertext)), 'base64');
}

/** Throws `Malformed`, `Empty`, `TooLarge`, `InvalidContext`, `UnknownKey` or `NotForThisObject`. */
export async function openKubeseal(
  pairs: readonly RsaKeyPair[],
  scope: SealingScope,
  context: SealingContext,
  text: string,
  options: OpenKubesealOptions = {},
): Promise<OpenedKubeseal> {
  checkContext(context);
  const parameters = oaep(scope, context);
  const { encryptedSessionKey, ciphertext } = parseKubeseal(text);
  const candidates = candidatesFor(pairs, encryptedSessionKey.length * 8, options.preferredKeyId);
  for (const pair of candidates) {
    const sessionKey = await failedAsUndefined(
      crypto.subtle.decrypt(parameters, pair.takePrivateKey(), encryptedSessionKey),
    );
    if (sessionKey?.byteLength !== SESSION_KEY_BYTES) continue;
    const aesKey = await importSessionKey(new Uint8Array(sessionKey), 'decrypt');
    const plaintext = await failedAsUndefined(
      crypto.subtle.decrypt({ name: 'AES-GCM', iv: ZERO_NONCE }, aesKey, ciphertext),
    );
    if (plaintext) return { plaintext: new Uint8Array(plaintext), keyId: pair.keyId };
  }
  throw new SealingError(
    'NotForThisObject',
    `The sealed value does not open for ${describeContext(context)} in the scope ${scope} with any of the ` +
      `${candidates.length} key pairs of its size. It was sealed for another scope, namespace or name or another ` +
      'cluster, or was changed since. Seal it again: kubeseal --raw --name <name> --namespace <namespace> --scope <scope>.',
  );
}

function parseKubeseal(text: string): KubesealParts {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new SealingError(
      'TooLarge',
      `The sealed value has ${text.length} characters; the largest value gives ${MAX_TEXT_LENGTH}.`,
    );
  }
  const bytes = decodeBase64(text, 'base64', 'sealed value');
  const rsaBytes = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  if (rsaBytes < MIN_RSA_BYTES || rsaBytes > MAX_RSA_BYTES) {
    throw malformed(`it says that its RSA part has ${rsaBytes} bytes, which no key gives`);
  }
  const valueBytes = bytes.length - HEADER_BYTES - rsaBytes - TAG_BYTES;
  if (valueBytes < 0) throw malformed(`it has ${bytes.length} bytes and is cut off`);
  checkValueLength(valueBytes);
  const end = HEADER_BYTES + rsaBytes;
  return { encryptedSessionKey: bytes.subarray(HEADER_BYTES, end), ciphertext: bytes.subarray(end) };
}

function candidatesFor(
  pairs: readonly RsaKeyPair[],
  bits: number,
  preferredKeyId: string | undefined,
): readonly RsaKeyPair[] {
  const ofSize = pairs.filter((pair) => pair.bits === bits);
  if (ofSize.length === 0) {
    const sizes = [...new Set(pairs.map((pair) => pair.bits))].join(', ') || 'none';
    throw new SealingError(
      'UnknownKey',
      `The value is sealed for an RSA key of ${bits} bits; the key sizes held here are: ${sizes}. ` +
        'It was sealed for another cluster, or that pair was removed: seal it again with the current certificate.',
    );
  }
  const preferred = ofSize.filter((pair) => pair.keyId === preferredKeyId);
  return [...preferred, ...ofSize.filter((pair) => pair.keyId !== preferredKeyId)];
}

function oaep(scope: SealingScope, context: SealingContext): RsaOaepParams {
  const label = kubesealLabel(scope, context);
  // OpenSSL tells a label of no bytes from no label; sealed-secrets' cluster-wide scope has none.
  return label.length > 0 ? { name: 'RSA-OAEP', label } : { name: 'RSA-OAEP' };
}

function importSessionKey(sessionKey: Bytes, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', sessionKey, 'AES-GCM', false, [usage]);
}

/** Web Crypto says `OperationError` for each way in which a decryption fails. */
async function failedAsUndefined(decryption: Promise<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
  try {
    return await decryption;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'OperationError') return undefined;
    throw error;
  }
}

function malformed(problem: string): SealingError {
  return new SealingError(
    'Malformed',
    `The text is not what kubeseal writes: ${problem}. Expected the output of kubeseal --raw, unchanged.`,
  );
}
