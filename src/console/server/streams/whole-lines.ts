/** Passes a stream on in whole lines, so that a line of our own can follow; keeps what has no end yet. */
import { Transform, type TransformCallback } from 'node:stream';
import { ConsoleError } from '../errors.ts';
import type { HeldByStream } from './held-bytes.ts';

/** An object of the API server is at most some 3 MiB. */
const longestLineBytes = 4 * 1024 * 1024;
const lineFeed = 0x0a;

export class WholeLines extends Transform {
  /** Chunks of one line without an end. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  readonly #held: HeldByStream;

  constructor(held: HeldByStream) {
    super();
    this.#held = held;
  }

  /** Ends with a line of our own; what had no end of its own is dropped. */
  endWith(line: string): void {
    this.#rest = [];
    this.end(line);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    const end = chunk.lastIndexOf(lineFeed);
    if (end === -1) {
      this.#restBytes += chunk.length;
      this.#rest.push(chunk);
      if (this.#restBytes > longestLineBytes) callback(tooLong());
      else callback(this.#held.set(this.#restBytes) ? null : tooMuch());
      return;
    }
    const whole = chunk.subarray(0, end + 1);
    const lines = this.#rest.length === 0 ? whole : Buffer.concat([...this.#rest, whole]);
    const rest = chunk.subarray(end + 1);
    this.#rest = rest.length === 0 ? [] : [rest];
    this.#restBytes = rest.length;
    callback(this.#held.set(rest.length) ? null : tooMuch(), lines);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#held.close();
    callback(error);
  }
}

function tooLong(): ConsoleError {
  return new ConsoleError('ApiServerUnreachable', 'The API server sent a line longer than 4 MiB, which no object has.');
}

export function tooMuch(): ConsoleError {
  return new ConsoleError(
    'TooManyRequests',
    'Your browsers have too much waiting that they have not taken yet: close some tabs of this console.',
  );
}
