/**
 * A value that must not be seen. Turning it into text by accident (template, JSON, inspect, logger) gives a mark, never
 * the value; only `reveal()` gives the bytes, and is called where they go into a Secret.
 */
import { inspect } from 'node:util';

const mark = '[redacted]';

export class SecretValue {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static fromUtf8(text: string): SecretValue {
    return new SecretValue(Buffer.from(text, 'utf8'));
  }

  static fromBase64(text: string): SecretValue {
    return new SecretValue(Buffer.from(text, 'base64'));
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  /** The bytes themselves; do not keep or change them. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  revealBase64(): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength).toString('base64');
  }

  toString(): string {
    return mark;
  }

  toJSON(): string {
    return mark;
  }

  [Symbol.toPrimitive](): string {
    return mark;
  }

  [inspect.custom](): string {
    return mark;
  }
}
