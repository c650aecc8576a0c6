/** The pieces of a body, as they arrive. */
import type { Readable } from 'node:stream';
import { KernelError } from './errors.ts';
import type { HttpPhase } from './http.ts';

export class Pieces {
  readonly #most: number;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Keeps the piece. Returns an error instead when that would be more bytes than the limit. */
  add(piece: Buffer): KernelError | undefined {
    this.#bytes += piece.byteLength;
    if (this.#bytes > this.#most)
      return new KernelError('TooLarge', `the answer has more than ${String(this.#most)} bytes`);
    this.#pieces.push(piece);
    return undefined;
  }

  whole(): Buffer {
    const [first] = this.#pieces;
    // Most answers are one piece.
    return this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces);
  }
}

/**
 * Resolves with the whole body, and rejects where it breaks off, with the `phase`. It listens to events, because an iterator costs a promise for
 * each piece.
 */
export function readWhole(body: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces = new Pieces(maxBytes);
    body.on('data', (piece: Buffer) => {
      const tooLarge = pieces.add(piece);
      if (tooLarge !== undefined) body.destroy(tooLarge);
    });
    const breakOff = (error: Error): void =>
      reject(error instanceof KernelError ? error : Object.assign(error, { phase: 'end' satisfies HttpPhase }));
    body.once('error', breakOff);
    body.once('end', () => resolve(pieces.whole()));
    body.once('close', () => breakOff(new Error('the answer broke off')));
  });
}
