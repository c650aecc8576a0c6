/**
 * Who may be among the subjects of a RoleBinding that has too many to be kept: a number of 32 bits for each, sorted. Somebody who is among
 * them is always found; one in thousands who is not may be found too. Pure.
 */
import { hash } from 'node:crypto';
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

/** Whether the sorted digests contain `wanted`. If so, its subject is most likely among them: other names can have the same digest. */
export function mayName(digests: Uint32Array, wanted: number): boolean {
  let [low, high] = [0, digests.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((digests[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return digests[low] === wanted;
}

/** The digest of a subject's name, in the form of `rbacName`: the first four bytes of its SHA-256. */
export function subjectDigest(name: string): number {
  return hash('sha256', name, 'buffer').readUInt32BE(0);
}
