/**
 * Which secrets a job may use, and which of those it cannot have now. The API server decides, by RBAC: one SubjectAccessReview for the
 * job's service account and each secret of someone else. Nothing else is looked at first, so that what is absent and what is not
 * granted take the same way.
 */
import type { AccessReviews } from '../access-reviews.ts';
import { bindingsFor } from '../binding-index.ts';
import { grantsBehind } from '../grants-behind.ts';
import { jobSecretRefs, refKey, uriOf, type SecretRef } from '../secret-refs.ts';
import { serviceAccountIdentity, type Identity } from '../subjects.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { isUsable } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';
import type { AccessAnswer, JobFacts } from './facts.ts';

type Stores = Pick<Watched, 'roleBindings' | 'secretGrants' | 'namespaces'>;

/** The identity of a job for the API server: its service account. */
export function identityOf({
  metadata,
  spec,
}: Pick<NeuroJobView, 'metadata' | 'spec'>): Identity & { readonly namespace: string } {
  const { namespace } = metadata;
  return { ...serviceAccountIdentity(namespace, spec.serviceAccountName ?? 'default'), namespace };
}

export async function askAccess(
  {
    reviews,
    watched,
    nowMs,
    sinceMs,
  }: {
    readonly reviews: AccessReviews;
    readonly watched: Stores;
    readonly nowMs: () => number;
    /** An answer that is younger is good enough. */
    readonly sinceMs?: number | undefined;
  },
  identity: Identity & { readonly namespace: string },
  refs: readonly SecretRef[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AccessAnswer>> {
  const allowed = await Promise.all(refs.map((ref) => reviews.mayUse(identity, ref, signal, sinceMs)));
  const namespaces = new Set(refs.map(({ namespace }) => namespace));
  const behind = new Map(
    [...namespaces].map(
      (namespace) => [namespace, grantsBehind(watched, identity, namespace, { nowMs: nowMs() })] as const,
    ),
  );
  return new Map(
    refs.map((ref, index): readonly [string, AccessAnswer] => {
      if (allowed[index] !== true) return [refKey(ref), 'denied'];
      const found = behind.get(ref.namespace)?.(ref.name);
      // Until the binding of a grant that is over is gone, a yes that may come from it does not count.
      return [refKey(ref), found?.isStale === true && found.inForce === undefined ? 'unsettled' : 'allowed'];
    }),
  );
}

export type Grants = Pick<Watched, 'roleBindings' | 'secretGrants'>;

/** Whether a grant that is in force as far as we know gives that secret. Only a guess: the API server decides. */
export function isGranted({ roleBindings, secretGrants }: Grants, identity: Identity, ref: SecretRef): boolean {
  return bindingsFor(roleBindings.store, identity, ref.namespace).some(({ grantKey }) => {
    const grant = grantKey === undefined ? undefined : secretGrants.store.get(grantKey);
    return grant !== undefined && (grant.spec.secret ?? ref.name) === ref.name;
  });
}

/** Secrets of other namespaces: only for these is access asked. */
export function foreignRefs(job: NeuroJobView): readonly SecretRef[] {
  return jobSecretRefs(job).filter((ref) => ref.namespace !== job.metadata.namespace);
}

/** Secrets of others whose owners want jobs to end that lose access. */
export function terminatingRefs({ job, userSecrets }: Pick<JobFacts, 'job' | 'userSecrets'>): readonly SecretRef[] {
  return foreignRefs(job).filter((ref) => userSecrets.get(refKey(ref))?.onRevoke === 'Terminate');
}

export function missingRefs(facts: JobFacts): readonly SecretRef[] {
  const { job, access, unreadable = [] } = facts;
  return jobSecretRefs(job).filter((ref) => {
    if (ref.namespace !== job.metadata.namespace && access?.get(refKey(ref)) !== 'allowed') return true;
    // What was taken stays taken, whatever became of the secret since.
    if (facts.snapshot !== undefined) return false;
    const userSecret = facts.userSecrets.get(refKey(ref));
    // A copy is for the namespace that keeps it, whatever a grant over all of its secrets says.
    if (userSecret?.sharedFrom !== undefined && ref.namespace !== job.metadata.namespace) return true;
    return !isUsable(userSecret) || unreadable.some((other) => refKey(other) === refKey(ref));
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
