/** Plain bytes: the two base64 alphabets (strict), joining, and SHA-256 in hex. No Node, no Buffer. */
import { SealingError } from './errors.ts';

/** Bytes that own an ordinary buffer, as Web Crypto wants them. */
export type Bytes = Uint8Array<ArrayBuffer>;

type Base64Alphabet = 'base64' | 'base64url';

const CHARACTERS = {
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
} as const;
const NO_DIGIT = 255;
const DIGITS = { base64: digitTable(CHARACTERS.base64), base64url: digitTable(CHARACTERS.base64url) };
const CODES = { base64: codeTable(CHARACTERS.base64), base64url: codeTable(CHARACTERS.base64url) };
const PADDING = '=';
const PADDING_CODE = 0x3d;
const utf8 = new TextEncoder();

/** RFC 4648: `base64` with padding, `base64url` without. No line breaks. */
export function encodeBase64(bytes: Uint8Array, alphabet: Base64Alphabet): string {
  const codes = CODES[alphabet];
  const isPadded = alphabet === 'base64';
  const output = new Uint8Array(isPadded ? Math.ceil(bytes.length / 3) * 4 : Math.ceil((bytes.length * 4) / 3));
  let at = 0;
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const group = (at0(bytes, index) << 16) | (at0(bytes, index + 1) << 8) | at0(bytes, index + 2);
    output[at++] = at0(codes, group >> 18);
    output[at++] = at0(codes, (group >> 12) & 63);
    if (left > 1) output[at++] = at0(codes, (group >> 6) & 63);
    else if (isPadded) output[at++] = PADDING_CODE;
    if (left > 2) output[at++] = at0(codes, group & 63);
    else if (isPadded) output[at++] = PADDING_CODE;
  }
  return new TextDecoder().decode(output);
}

/**
 * The inverse of `encodeBase64`, and of nothing else: white space, missing or surplus padding, the other alphabet and
 * unused bits that are not zero are refused, so that bytes have one text only. `what` names the text in the message.
 */
export function decodeBase64(text: string, alphabet: Base64Alphabet, what: string): Bytes {
  const length = alphabet === 'base64' ? lengthWithoutPadding(text, what) : text.length;
  if (length % 4 === 1) throw malformed(what, `has ${length} characters, which no bytes encode to; it may be cut off`);
  const digits = DIGITS[alphabet];
  const codes = encodeUtf8(text);
  const output = new Uint8Array(Math.floor((length * 3) / 4));
  // A digit is below 64 and `NO_DIGIT` is not, so that one look at all bits tells whether there was another character.
  let seen = 0;
  let at = 0;
  for (let index = 0; index < length; index += 4) {
    const one = at0(digits, at0(codes, index));
    const two = at0(digits, at0(codes, index + 1));
    const three = index + 2 < length ? at0(digits, at0(codes, index + 2)) : 0;
    const four = index + 3 < length ? at0(digits, at0(codes, index + 3)) : 0;
    seen |= one | two | three | four;
    // Writing beyond the end does nothing; what would stand there is what `unusedBits` looks at.
    output[at] = (one << 2) | (two >> 4);
    output[at + 1] = (two << 4) | (three >> 2);
    output[at + 2] = (three << 6) | four;
    at += 3;
  }
  if (seen > 63 || codes.length !== text.length) throw malformed(what, badCharacter(text, alphabet));
  const unusedBits = [0, 0, 15, 3][length % 4] ?? 0;
  if ((at0(digits, at0(codes, length - 1)) & unusedBits) !== 0) {
    throw malformed(what, 'ends in unused bits that are not zero; it may be cut off');
  }
  return output;
}

export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const output = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    output.set(part, at);
    at += part.length;
  }
  return output;
}

/** Whether two byte strings are the same. Not constant in time: for public bytes and for tests of a pair. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

export function encodeUtf8(text: string): Bytes {
  return utf8.encode(text);
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function lengthWithoutPadding(text: string, what: string): number {
  if (text.length % 4 !== 0) {
    if (/\s/.test(text)) throw malformed(what, badCharacter(text, 'base64'));
    throw malformed(what, `has ${text.length} characters, not a multiple of four; it may be cut off`);
  }
  if (text.endsWith(PADDING + PADDING)) return text.length - 2;
  return text.endsWith(PADDING) ? text.length - 1 : text.length;
}

function badCharacter(text: string, alphabet: Base64Alphabet): string {
  const digits = DIGITS[alphabet];
  let index = 0;
  while ((digits[text.charCodeAt(index)] ?? NO_DIGIT) !== NO_DIGIT) index++;
  const name = alphabet === 'base64' ? 'base64' : 'base64url without padding';
  const found = /\s/.test(text.charAt(index))
    ? 'holds white space (in YAML, a block beginning with "|" or ">" adds a line break; quote the text instead)'
    : 'holds a character that is not of its alphabet';
  return `is not ${name}: it ${found} at position ${index + 1} of ${text.length}`;
}

function malformed(what: string, problem: string): SealingError {
  return new SealingError('Malformed', `The ${what} ${problem}.`);
}

function at0(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function digitTable(characters: string): Uint8Array {
  const table = new Uint8Array(256).fill(NO_DIGIT);
  for (let digit = 0; digit < characters.length; digit++) table[characters.charCodeAt(digit)] = digit;
  return table;
}

function codeTable(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
