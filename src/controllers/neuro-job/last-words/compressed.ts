/**
 * Where a text holds compressed or encrypted data in base64, hexadecimal and the like: no value can be found in it by search, so all of it
 * is withheld. Known by how gzip, bzip2, xz, zstd, zip and `openssl enc` begin, and for zlib, which begins with hardly anything, by
 * whether it can be read.
 */
import { constants, inflateSync } from 'node:zlib';
import { gap, type Reading } from './reading.ts';

const beginnings = ['1f8b08', '425a6839314159', 'fd377a585a00', '28b52ffd', '504b0304', '53616c7465645f5f'].map((hex) =>
  Buffer.from(hex, 'hex'),
);
const zlibFirst = 0x78;
/** The most bytes that are read to see whether the data can be decompressed. */
const mostReadBytes = 4096;
/** What begins so late in a run is too short to hold anything; digests end in such bytes by chance. */
const fewestBytes = 10;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Returns, for each run of a reading with such a beginning, the part that starts there. */
export function compressedSpans({ codes, starts, ends }: Reading): readonly Span[] {
  const spans: Span[] = [];
  let from = 0;
  while (from < codes.length) {
    const found = codes.indexOf(gap, from);
    const to = found === -1 ? codes.length : found;
    const run = Buffer.from(Uint8Array.from(codes.subarray(from, to)));
    const at = isZlib(run) ? 0 : beginningIn(run);
    if (at !== -1) spans.push({ start: starts[from + at] ?? 0, end: ends[to - 1] ?? 0 });
    from = to + 1;
  }
  return spans;
}

function beginningIn(run: Buffer): number {
  const places = beginnings
    .map((beginning) => run.indexOf(beginning))
    .filter((place) => place !== -1 && run.length - place >= fewestBytes);
  return places.length === 0 ? -1 : Math.min(...places);
}

function isZlib(run: Buffer): boolean {
  if (run.length < 4 || run[0] !== zlibFirst || run.readUInt16BE(0) % 31 !== 0) return false;
  try {
    return inflateSync(run, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostReadBytes }).length > 0;
  } catch (error) {
    return (error as { readonly code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
  }
}
