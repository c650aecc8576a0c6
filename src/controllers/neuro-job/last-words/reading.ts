/**
 * One way to read a text: the bytes that it stands for when it is taken for, say, base64, and where in the text each byte
 * comes from. A reading may hold nonsense; it only has to hold the value wherever the text holds it in that form.
 */
export interface Reading {
  /** Bytes, 0 to 255, or `gap` where what follows does not continue what went before. */
  readonly codes: Int16Array;
  /** For each code, the characters of the text that it comes from: the first one, and the one after the last. */
  readonly starts: Uint16Array;
  readonly ends: Uint16Array;
}

export const gap = -1;
/** Characters. The kubelet keeps at most 4096 bytes of a container's last words. Positions fit into 16 bits. */
export const longestText = 4096;

export class ReadingBuilder {
  readonly #codes: Int16Array;
  readonly #starts: Uint16Array;
  readonly #ends: Uint16Array;
  #length = 0;

  /** The number of codes that fit. */
  constructor(capacity: number) {
    this.#codes = new Int16Array(capacity);
    this.#starts = new Uint16Array(capacity);
    this.#ends = new Uint16Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  add(code: number, start: number, end: number): void {
    this.#codes[this.#length] = code;
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#length += 1;
  }

  addGap(position: number): void {
    if (this.#length > 0 && this.#codes[this.#length - 1] !== gap) this.add(gap, position, position);
  }

  /** Forgets what was added since the reading had this length. */
  cutTo(length: number): void {
    this.#length = length;
  }

  build(): Reading {
    const length = this.#length;
    return {
      codes: this.#codes.slice(0, length),
      starts: this.#starts.slice(0, length),
      ends: this.#ends.slice(0, length),
    };
  }
}

/** The text as it is, in UTF-8. */
export function plainReading(text: string): Reading {
  const builder = new ReadingBuilder(text.length * 3);
  let start = 0;
  for (const character of text) {
    const end = start + character.length;
    for (const byte of Buffer.from(character)) builder.add(byte, start, end);
    start = end;
  }
  return builder.build();
}

/** One character for each code, so that patterns can look for ASCII in a reading. A gap is U+FFFF. */
export function asCharacters({ codes }: Reading): string {
  return String.fromCharCode(...new Uint16Array(codes));
}
