/**
 * Which pieces of eight bytes some readings and a value have in common. The pieces of the readings are kept in a table;
 * a value is passed over once, so that the cost is linear in it, whatever the two hold.
 *
 * Compared are folded bytes: letters of ASCII in lower case, white space and control characters left out. So a value is
 * found over line ends, with spaces between its characters, and in the wrong case.
 */
import { randomInt } from 'node:crypto';
import { gap, type Reading } from './reading.ts';

const { imul } = Math;
/** Bytes. Shorter pieces are in common too often by chance; values that are shorter are looked for as a whole. */
export const gramBytes = 8;

/** Maps each byte to the byte that it is compared as, and to 0 where it is left out. */
export const foldedBytes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 0x20 || byte === 0x7f) return 0;
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
});

/** A reading with folded bytes; 0 is a gap. */
export interface FoldedReading {
  readonly bytes: Buffer;
  readonly starts: Uint16Array;
  readonly ends: Uint16Array;
}

export function foldReading({ codes, starts, ends }: Reading): FoldedReading {
  const bytes = Buffer.alloc(codes.length);
  const folded = { starts: new Uint16Array(codes.length), ends: new Uint16Array(codes.length) };
  let length = 0;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? gap;
    const byte = code === gap ? 0 : (foldedBytes[code] ?? 0);
    if (byte === 0 && code !== gap) continue;
    bytes[length] = byte;
    folded.starts[length] = starts[index] ?? 0;
    folded.ends[length] = ends[index] ?? 0;
    length += 1;
  }
  return {
    bytes: bytes.subarray(0, length),
    starts: folded.starts.subarray(0, length),
    ends: folded.ends.subarray(0, length),
  };
}

export function foldValue(value: Uint8Array): Buffer {
  const folded = Buffer.alloc(value.byteLength);
  let length = 0;
  for (const byte of value) {
    const code = foldedBytes[byte] ?? 0;
    if (code !== 0) folded[length++] = code;
  }
  return folded.subarray(0, length);
}

export class GramTable {
  /** The two halves of each distinct piece, by its number. */
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #isFound: Uint8Array;
  /** Numbers of pieces, plus one; 0 is free. At least twice as many slots as pieces. */
  readonly #slots: Int32Array;
  readonly #shift: number;
  /** Odd and not known to anybody, so that nobody can choose pieces that fall into one slot. */
  readonly #factorOfLow = randomInt(2 ** 31) * 2 + 1;
  readonly #factorOfHigh = randomInt(2 ** 31) * 2 + 1;
  #count = 0;

  /** Room for the pieces of readings with this number of bytes in total. */
  constructor(mostGrams: number) {
    const slotBits = Math.max(4, Math.ceil(Math.log2(mostGrams * 2 + 1)));
    this.#shift = 32 - slotBits;
    this.#slots = new Int32Array(2 ** slotBits);
    this.#low = new Int32Array(mostGrams);
    this.#high = new Int32Array(mostGrams);
    this.#isFound = new Uint8Array(mostGrams);
  }

  /** Takes the pieces of a reading in. Returns the number of the piece that begins at each byte, or -1. */
  add({ bytes }: FoldedReading): Int32Array {
    const numbers = new Int32Array(bytes.length).fill(-1);
    const window = new Window();
    for (const [index, byte] of bytes.entries()) {
      if (byte === 0) window.clear();
      else if (window.push(byte)) numbers[index - gramBytes + 1] = this.#numberOf(window);
    }
    return numbers;
  }

  /** Remembers that a value has this piece. */
  find(low: number, high: number): void {
    const number = (this.#slots[this.#slotOf(low, high)] ?? 0) - 1;
    if (number >= 0) this.#isFound[number] = 1;
  }

  isFound(number: number): boolean {
    return this.#isFound[number] === 1;
  }

  #numberOf({ low, high }: Window): number {
    const slot = this.#slotOf(low, high);
    const known = (this.#slots[slot] ?? 0) - 1;
    if (known >= 0) return known;
    const number = this.#count;
    this.#count += 1;
    this.#low[number] = low;
    this.#high[number] = high;
    this.#slots[slot] = number + 1;
    return number;
  }

  /** The slot that has this piece, or the free one where it belongs. */
  #slotOf(low: number, high: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (imul(low, this.#factorOfLow) + imul(high ^ (low >>> 15), this.#factorOfHigh)) >>> this.#shift;
    for (;;) {
      const number = (slots[slot] ?? 0) - 1;
      if (number < 0 || (this.#low[number] === low && this.#high[number] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}

/** The last eight folded bytes, as two halves of 32 bits. */
class Window {
  low = 0;
  high = 0;
  length = 0;

  /** True when it is full. */
  push(byte: number): boolean {
    this.low = (this.low >>> 8) | (this.high << 24);
    this.high = (this.high >>> 8) | (byte << 24);
    this.length += 1;
    return this.length >= gramBytes;
  }

  clear(): void {
    this.length = 0;
  }
}
