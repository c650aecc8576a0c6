/** The little of DER (ITU-T X.690) that a certificate is written with: elements with definite lengths. */
import { concatBytes, type Bytes } from './bytes.ts';

export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context3: 0xa3,
} as const;

export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concatBytes(...parts);
  return concatBytes(Uint8Array.of(tag, ...encodeLength(content.length)), content);
}

export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return encodeDer(DER.sequence, ...parts);
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 | bytes.length, ...bytes];
}
