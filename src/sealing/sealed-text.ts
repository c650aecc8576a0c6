/**
 * The text form of a value sealed by HPKE: one ASCII token,
 *
 *     v1.<suite>.<key id>.<base64url of the encapsulated key>.<base64url of the ciphertext and its tag>
 *
 * Promise: `parseSealedHpke` accepts exactly what `formatSealedHpke` writes (one text for the same bytes), looks at the
 * size before anything else, and does no cryptography.
 */
import { decodeBase64, encodeBase64, type Bytes } from './bytes.ts';
import { checkValueLength, MAX_VALUE_BYTES } from './context.ts';
import { SealingError } from './errors.ts';
import { isKeyId } from './key-id.ts';
import { isSealingSuite, SEALING_SUITES, suiteParameters, TAG_BYTES, type SealingSuite } from './suites.ts';

export const SEALED_TEXT_VERSION = 'v1';

export interface SealedHpke {
  readonly suite: SealingSuite;
  readonly keyId: string;
  readonly enc: Bytes;
  readonly ciphertext: Bytes;
}

/** Room for the largest value, the largest encapsulated key and the names before them. */
const MAX_TEXT_LENGTH = Math.ceil(((MAX_VALUE_BYTES + TAG_BYTES) * 4) / 3) + 4096;
const VERSION_PATTERN = /^v[1-9][0-9]{0,3}$/;
const SUITE_PATTERN = /^[a-z0-9][a-z0-9-]{0,39}$/;
const SHAPE = `${SEALED_TEXT_VERSION}.<suite>.<key id>.<base64url>.<base64url>`;
const PARTS = 5;

export function formatSealedHpke(suite: SealingSuite, keyId: string, enc: Uint8Array, ciphertext: Uint8Array): string {
  const ends = [encodeBase64(enc, 'base64url'), encodeBase64(ciphertext, 'base64url')];
  return [SEALED_TEXT_VERSION, suite, keyId, ...ends].join('.');
}

/** Throws `Malformed`, `UnsupportedVersion`, `UnsupportedSuite`, `Empty` or `TooLarge`. */
export function parseSealedHpke(text: string): SealedHpke {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new SealingError(
      'TooLarge',
      `The sealed value has ${text.length} characters; the largest value gives ${MAX_TEXT_LENGTH}.`,
    );
  }
  const parts = text.split('.', PARTS + 1);
  const [version = '', suite = '', keyId = '', encText = '', ciphertextText = ''] = parts;
  if (!VERSION_PATTERN.test(version)) throw malformed(text, 'does not begin with a version');
  if (version !== SEALED_TEXT_VERSION) {
    throw new SealingError(
      'UnsupportedVersion',
      `The sealed value is of version ${version}; this operator opens ${SEALED_TEXT_VERSION}. Update it, or seal again with its own client.`,
    );
  }
  if (parts.length !== PARTS) {
    const found = parts.length > PARTS ? 'more' : String(parts.length);
    throw malformed(text, `has ${found} parts instead of ${PARTS}`);
  }
  if (!SUITE_PATTERN.test(suite)) throw malformed(text, 'has no suite as its second part');
  if (!isKeyId(keyId)) throw malformed(text, 'has no key id (16 hexadecimal digits) as its third part');
  const enc = decodeBase64(encText, 'base64url', 'fourth part of the sealed value');
  const ciphertext = decodeBase64(ciphertextText, 'base64url', 'fifth part of the sealed value');
  // Only now has the text its whole shape, so that naming the suite cannot show a piece of a plain value.
  if (!isSealingSuite(suite)) {
    throw new SealingError(
      'UnsupportedSuite',
      `The sealed value names the suite ${suite}; known here are ${SEALING_SUITES.join(' and ')}. Seal it again with one of them.`,
    );
  }
  const { encapsulatedBytes } = suiteParameters(suite);
  if (enc.length !== encapsulatedBytes) {
    throw malformed(text, `has an encapsulated key of ${enc.length} bytes where ${suite} has ${encapsulatedBytes}`);
  }
  if (ciphertext.length < TAG_BYTES) {
    throw malformed(text, `has a ciphertext of ${ciphertext.length} bytes, shorter than its tag; it is cut off`);
  }
  checkValueLength(ciphertext.length - TAG_BYTES);
  return { suite, keyId, enc, ciphertext };
}

function malformed(text: string, problem: string): SealingError {
  return new SealingError(
    'Malformed',
    `The text (${text.length} characters) is not a sealed value: it ${problem}. Expected ${SHAPE}, as the client that seals writes it.`,
  );
}
