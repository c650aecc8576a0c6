/**
 * Who may be among the subjects of a RoleBinding that has too many to be kept: a number of 32 bits for each, sorted. Somebody who is among
 * them is always found; one in thousands who is not may be found too. Pure.
 */
import { createHash } from 'node:crypto';
import { rbacName } from './rbac-name.ts';
import type { RoleBinding } from './resources.ts';

/** 64 KiB of digests: the homes of 16,000 people. */
export const mostDigests = 16_384;

/** Undefined for more subjects than that. */
export function subjectDigests(subjects: NonNullable<RoleBinding['subjects']>): Uint32Array | undefined {
  if (subjects.length > mostDigests) return undefined;
  return Uint32Array.from(subjects, ({ kind, name, namespace }) =>
    subjectDigest(rbacName({ kind, name, namespace })),
  ).sort();
}

/** Whether the subject of that digest may be among them. */
export function mayName(digests: Uint32Array, wanted: number): boolean {
  let [low, high] = [0, digests.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((digests[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return digests[low] === wanted;
}

/** Of a subject's name, as `rbacName` has it. */
export function subjectDigest(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0);
}
