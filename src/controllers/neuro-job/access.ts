/**
 * May a job use a secret of someone else? The API server decides, by RBAC: one SubjectAccessReview for the job's service
 * account. Nothing else is looked at first, so that what is absent and what is not granted take the same way.
 */
import { GROUP, KINDS, VERB_USE } from '../../api/index.ts';
import { subjectAccessReviews, type KubeClient } from '../../kernel/index.ts';
import type { NeuroJobView, RoleBindingView, SecretGrantView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { refKey, type AccessAnswer } from './facts.ts';
import type { SecretRef } from './secret-refs.ts';

/** Who a job is to the API server. */
export interface Identity {
  readonly namespace: string;
  readonly user: string;
  readonly groups: readonly string[];
}

export function identityOf({ metadata, spec }: Pick<NeuroJobView, 'metadata' | 'spec'>): Identity {
  return {
    namespace: metadata.namespace,
    user: `system:serviceaccount:${metadata.namespace}:${spec.serviceAccountName ?? 'default'}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${metadata.namespace}`, 'system:authenticated'],
  };
}

export async function askAccess(
  { client, watched, nowMs }: { readonly client: KubeClient; readonly watched: Watched; readonly nowMs: number },
  identity: Identity,
  refs: readonly SecretRef[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AccessAnswer>> {
  const answers = await Promise.all(
    refs.map(async (ref): Promise<readonly [string, AccessAnswer]> => {
      const isAllowed = await isGranted(client, identity, ref, signal);
      if (!isAllowed) return [refKey(ref), 'denied'];
      return [refKey(ref), isOwedToThePast(watched, identity, ref, nowMs) ? 'unsettled' : 'allowed'];
    }),
  );
  return new Map(answers);
}

async function isGranted(
  client: KubeClient,
  { user, groups }: Identity,
  { namespace, name }: SecretRef,
  signal: AbortSignal,
): Promise<boolean> {
  const resourceAttributes = { verb: VERB_USE, group: GROUP, resource: KINDS.UserSecret.plural, namespace, name };
  const { allowed } = await client.review(subjectAccessReviews, { user, groups, resourceAttributes }, { signal });
  return allowed;
}

/**
 * Whether a binding still stands for this job of a grant that is over or gone, or that does not reach this job any more because
 * its namespace is somebody else's home now: after a start of the operator, or in the moment of an expiry or a revoke. Then the review's yes may be owed to it, and does not count until the binding is gone.
 * What a grant that is gone was about is not known any more, so its binding makes every secret of the namespace wait.
 */
function isOwedToThePast(watched: Watched, identity: Identity, ref: SecretRef, nowMs: number): boolean {
  return watched.roleBindings.store.byIndex('namespace', ref.namespace).some((binding) => {
    if (binding.grantKey === undefined || !binds(binding, identity)) return false;
    const grant = watched.secretGrants.store.get(binding.grantKey);
    if (
      grant === undefined ||
      grant.metadata.uid !== binding.ownerUid ||
      grant.metadata.deletionTimestamp !== undefined
    )
      return true;
    const isAbout = grant.spec.secret === undefined || grant.spec.secret === ref.name;
    return isAbout && (isExpired(grant, nowMs) || !reaches(grant, identity, watched));
  });
}

function reaches({ spec }: SecretGrantView, { namespace, user, groups }: Identity, { namespaces }: Watched): boolean {
  const { kind, name, namespace: of } = spec.subject;
  const home = namespaces.store.get(namespace);
  switch (kind) {
    case 'User':
      return name === user || name === home?.user;
    case 'Group':
      return groups.includes(name) || home?.groups.includes(name) === true;
    case 'ServiceAccount':
      return `system:serviceaccount:${of ?? ''}:${name}` === user;
    case 'Namespace':
      return groups.includes(`system:serviceaccounts:${name}`);
    default:
      kind satisfies never;
      return false;
  }
}

function isExpired({ spec }: SecretGrantView, nowMs: number): boolean {
  return spec.expiresAt !== undefined && Date.parse(spec.expiresAt) <= nowMs;
}

function binds({ subjects = [] }: RoleBindingView, { user, groups }: Identity): boolean {
  return subjects.some(({ kind, namespace, name }) => {
    if (kind === 'ServiceAccount') return `system:serviceaccount:${namespace ?? ''}:${name}` === user;
    return kind === 'Group' ? groups.includes(name) : name === user;
  });
}
