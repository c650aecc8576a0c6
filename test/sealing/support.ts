/** What the tests of this layer share: a context, the code of a failure, and a random source that repeats. */
import { SealingError, type SealingContext, type SealingErrorCode } from '../../src/sealing/index.ts';

export const CONTEXT: SealingContext = { namespace: 'alice', name: 'db-password', key: 'DB_PASSWORD' };

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const bytes = (value: string) => new TextEncoder().encode(value);

/** The error that `run` ends with; a test that expects one fails when there is none. */
export async function failureOf(run: () => unknown): Promise<SealingError> {
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    if (error instanceof SealingError) return error;
    throw error;
  }
  throw new Error(`Expected a SealingError, got a result of type ${typeof result}.`);
}

export async function codeOf(run: () => unknown): Promise<SealingErrorCode> {
  return (await failureOf(run)).code;
}

/** The different codes of many failures, a hundred at a time. */
export async function codesOf(runs: readonly (() => unknown)[]): Promise<SealingErrorCode[]> {
  const codes = new Set<SealingErrorCode>();
  for (let start = 0; start < runs.length; start += 100) {
    for (const code of await Promise.all(runs.slice(start, start + 100).map(codeOf))) codes.add(code);
  }
  return [...codes].sort();
}

/** mulberry32: numbers from 0 to below `limit`, the same for the same seed. */
export function seededRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

export function seededBytes(random: (limit: number) => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}

/** Each text that differs in one bit of one character. */
export function flipEveryBit(value: string): string[] {
  return Array.from({ length: value.length }, (_, at) => at).flatMap((at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => {
      const flipped = String.fromCharCode(value.charCodeAt(at) ^ (1 << bit));
      return value.slice(0, at) + flipped + value.slice(at + 1);
    }),
  );
}
