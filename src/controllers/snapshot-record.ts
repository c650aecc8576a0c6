/**
 * What the first native Secret of a job says that it holds, and the proof that the operator wrote it. Pure. Anyone who can create Secrets in the namespace
 * can write such an annotation, and it decides which Secrets the Pod refers to, and what owners of secrets are told of their use.
 */
import { ANNOTATION_SNAPSHOT, ANNOTATION_SNAPSHOT_PROOF } from '../api/index.ts';
import type { Fingerprint } from './fingerprint.ts';

type Annotations = Readonly<Record<string, string>>;

/** `jobUid`: of the job that owns the Secret. */
export function snapshotRecord(jobUid: string, text: string, fingerprint: Fingerprint): Annotations {
  return { [ANNOTATION_SNAPSHOT]: text, [ANNOTATION_SNAPSHOT_PROOF]: proofOf(jobUid, text, fingerprint) };
}

/** The text, where the operator wrote it for that job. */
export function provenSnapshot(
  jobUid: string | undefined,
  { [ANNOTATION_SNAPSHOT]: text, [ANNOTATION_SNAPSHOT_PROOF]: proof }: Annotations = {},
  fingerprint: Fingerprint,
): string | undefined {
  if (jobUid === undefined || text === undefined || proof === undefined) return undefined;
  return proof === proofOf(jobUid, text, fingerprint) ? text : undefined;
}

function proofOf(jobUid: string, text: string, fingerprint: Fingerprint): string {
  return fingerprint.proof(jobUid, 'snapshot', text);
}
