/** Which secrets a job needs, and which of them it cannot have now. Pure. */
import { CONDITION_READY, isConditionTrue } from '../../api/index.ts';
import type { NeuroJobView, UserSecretView } from '../views.ts';
import { refKey, type JobFacts } from './facts.ts';
import { jobSecretRefs, uriOf, type SecretRef } from './secret-refs.ts';

/** Secrets of other namespaces: only these need leave. */
export function foreignRefs(job: NeuroJobView): readonly SecretRef[] {
  return jobSecretRefs(job).filter((ref) => ref.namespace !== job.metadata.namespace);
}

/** Secrets of others whose owners want the jobs ended that lose access. */
export function terminating({ job, userSecrets }: Pick<JobFacts, 'job' | 'userSecrets'>): readonly SecretRef[] {
  return foreignRefs(job).filter((ref) => userSecrets.get(refKey(ref))?.onRevoke === 'Terminate');
}

/** The native Secret holds the value that the spec of now asks for. */
export function isUsable(userSecret: UserSecretView | undefined): boolean {
  return (
    userSecret !== undefined &&
    userSecret.metadata.deletionTimestamp === undefined &&
    userSecret.status.observedGeneration === userSecret.metadata.generation &&
    isConditionTrue(userSecret.status.conditions, CONDITION_READY)
  );
}

export function missingRefs(facts: JobFacts): readonly SecretRef[] {
  const { job, access, unreadable = [] } = facts;
  return jobSecretRefs(job).filter((ref) => {
    if (ref.namespace !== job.metadata.namespace && access?.get(refKey(ref)) !== 'allowed') return true;
    // What was taken stays taken, whatever became of the secret since.
    if (facts.snapshot !== undefined) return false;
    return !isUsable(facts.userSecrets.get(refKey(ref))) || unreadable.some((other) => refKey(other) === refKey(ref));
  });
}

export function deniedRefs({ job, access }: JobFacts): readonly SecretRef[] {
  return foreignRefs(job).filter((ref) => access?.get(refKey(ref)) === 'denied');
}

export function listOf(refs: readonly SecretRef[]): string {
  return refs
    .map((ref) => `'${uriOf(ref)}'`)
    .sort()
    .join(', ');
}
