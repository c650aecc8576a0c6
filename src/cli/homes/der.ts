/** The part of DER that a certificate request needs: an element is its tag, its length and its content. */
export function derOf(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag, ...lengthOf(content.length)), content]);
}

export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return derOf(0x30, ...parts);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}
