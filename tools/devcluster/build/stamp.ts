/**
 * Says whether a binary in the cache is whole and the one that is wanted. The stamp is written after the binary, so a
 * build that was cut off has none; a binary that was changed or cut short since no longer fits its stamp.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

interface Stamp {
  /** Module versions and build flags; a change of either is another binary. */
  readonly recipe: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly sha256: string;
}

export async function isWhole(binary: string, recipe: string): Promise<boolean> {
  const stamp = readStamp(binary);
  if (stamp?.recipe !== recipe) return false;
  const file = statSync(binary, { throwIfNoEntry: false });
  if (file === undefined || file.size !== stamp.sizeBytes) return false;
  // Hashing half a gigabyte at every start would cost a second; an untouched file needs none.
  return file.mtimeMs === stamp.modifiedMs || (await sha256(binary)) === stamp.sha256;
}

export async function writeStamp(binary: string, recipe: string): Promise<Stamp> {
  const file = statSync(binary);
  const stamp = { recipe, sizeBytes: file.size, modifiedMs: file.mtimeMs, sha256: await sha256(binary) };
  writeFileSync(`${stampPath(binary)}.tmp`, JSON.stringify(stamp, undefined, 2));
  renameSync(`${stampPath(binary)}.tmp`, stampPath(binary));
  return stamp;
}

function readStamp(binary: string): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(stampPath(binary), 'utf8')) as Stamp;
  } catch {
    return undefined;
  }
}

function stampPath(binary: string): string {
  return `${binary}.stamp.json`;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
