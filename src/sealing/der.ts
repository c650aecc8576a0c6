/**
 * The little of DER (ITU-T X.690) that RSA keys and their certificate need: elements with definite lengths.
 *
 * Promise: reading accepts only minimal lengths that lie within the input, and never recurses by itself.
 */
import { concatBytes, type Bytes } from './bytes.ts';
import { SealingError } from './errors.ts';

export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context3: 0xa3,
} as const;

export interface DerElement {
  readonly tag: number;
  readonly content: Bytes;
  /** The whole element, header included. */
  readonly whole: Bytes;
}

/** A certificate or key is some kilobytes; three bytes of length are more than enough. */
const MAX_LENGTH_BYTES = 3;
const MAX_CHILDREN = 64;

export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concatBytes(...parts);
  return concatBytes(Uint8Array.of(tag, ...encodeLength(content.length)), content);
}

export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return encodeDer(DER.sequence, ...parts);
}

/** The elements that fill `bytes` completely. Throws `InvalidKey`; `what` names the thing read in the message. */
export function readDer(bytes: Bytes, what: string): readonly DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (elements.length === MAX_CHILDREN) throw badDer(what);
    const element = readElement(bytes, at, what);
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** The element at `index`, which must have that tag. */
export function expectDer(elements: readonly DerElement[], index: number, tag: number, what: string): DerElement {
  const element = elements[index];
  if (element?.tag !== tag) throw badDer(what);
  return element;
}

/** The children of the one sequence that `bytes` is. */
export function readSequence(bytes: Bytes, what: string): readonly DerElement[] {
  const elements = readDer(bytes, what);
  if (elements.length !== 1) throw badDer(what);
  return readDer(expectDer(elements, 0, DER.sequence, what).content, what);
}

function readElement(bytes: Bytes, start: number, what: string): DerElement {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw badDer(what);
  let length = first;
  let contentStart = start + 2;
  if (first >= 0x80) {
    const lengthBytes = first & 0x7f;
    if (lengthBytes === 0 || lengthBytes > MAX_LENGTH_BYTES) throw badDer(what);
    length = 0;
    for (let index = 0; index < lengthBytes; index++) {
      const byte = bytes[contentStart + index];
      if (byte === undefined) throw badDer(what);
      length = length * 256 + byte;
    }
    contentStart += lengthBytes;
    if (encodeLength(length).length !== lengthBytes + 1) throw badDer(what);
  }
  const end = contentStart + length;
  if (end > bytes.length) throw badDer(what);
  return { tag, content: bytes.subarray(contentStart, end), whole: bytes.subarray(start, end) };
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 | bytes.length, ...bytes];
}

function badDer(what: string): SealingError {
  return new SealingError('InvalidKey', `The ${what} is damaged or not what it says: its DER cannot be read.`);
}
