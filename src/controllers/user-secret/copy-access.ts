/**
 * Whether the namespace of a copy may have it, and until when. The API server decides, by RBAC: one SubjectAccessReview of the verb
 * `copy` for the service accounts of that namespace. Nothing of the source is looked at first, so that what is absent and what is not
 * granted take the same way.
 */
import { isExpired, parseTimeMs } from '../../api/index.ts';
import { keyOf, type ObjectKey } from '../../kernel/index.ts';
import type { AccessReviews } from '../access-reviews.ts';
import { bindingsFor } from '../binding-index.ts';
import { hasLostGranter } from '../granters.ts';
import type { SecretRef } from '../secret-refs.ts';
import { covers, identityOfSubject, type Identity } from '../subjects.ts';
import type { RoleBindingView } from '../rbac-views.ts';
import type { SecretGrantView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { copyIn, type CopyAccess } from './copies.ts';

type Stores = Pick<Watched, 'roleBindings' | 'secretGrants' | 'namespaces'>;

interface CopyAccessDependencies {
  readonly reviews: AccessReviews;
  readonly watched: Stores;
  /** By the later of the clocks of this machine and of the API server. */
  readonly nowMs: () => number;
  /** An answer that is younger is good enough. */
  readonly sinceMs: number | undefined;
}

export async function askCopyAccess(
  { reviews, watched, nowMs, sinceMs }: CopyAccessDependencies,
  namespace: string,
  source: SecretRef,
  signal: AbortSignal,
): Promise<CopyAccess> {
  const identity = identityOfSubject({ kind: 'Namespace', name: namespace });
  const isAllowed = await reviews.mayCopy({ ...identity, namespace }, source, signal, sinceMs);
  if (!isAllowed) return { isAllowed: false, isByGrant: false };
  const { isStale, endsAtMs, isByGrant } = grantsOver(watched, identity, source, nowMs());
  // A binding of a grant that is over may be why the review says yes. A grant that is in force says yes all the same.
  if (!isByGrant) return { isAllowed: !isStale, isByGrant };
  return { isAllowed, isByGrant, ...(endsAtMs === undefined ? {} : { endsAtMs }) };
}

/** What the RoleBindings of grants say: whether one that is over is still there, and whether one that is in force gives a copy. */
function grantsOver(watched: Stores, identity: Identity, source: SecretRef, nowMs: number) {
  let isStale = false;
  const ends: number[] = [];
  let isByGrant = false;
  for (const binding of bindingsFor(watched.roleBindings.store, identity, source.namespace)) {
    const grant = binding.grantKey === undefined ? undefined : watched.secretGrants.store.get(binding.grantKey);
    if (binding.grantKey === undefined) continue;
    if (grant !== undefined && (grant.spec.secret ?? source.name) !== source.name) continue;
    if (grant === undefined || isOver(watched, grant, binding, identity, nowMs)) {
      isStale = true;
    } else if (grant.spec.access === 'copy') {
      isByGrant = true;
      const endMs = parseTimeMs(grant.spec.expiresAt);
      if (endMs !== undefined) ends.push(endMs);
    }
  }
  return { isStale, isByGrant, ...(ends.length === 0 ? {} : { endsAtMs: ends.reduce((a, b) => Math.min(a, b)) }) };
}

function isOver(
  { secretGrants, namespaces }: Stores,
  grant: SecretGrantView,
  binding: RoleBindingView,
  identity: Identity,
  nowMs: number,
): boolean {
  return (
    grant.metadata.uid !== binding.ownerUid ||
    grant.metadata.deletionTimestamp !== undefined ||
    isExpired(grant.spec.expiresAt, nowMs) ||
    !covers(grant.spec.subject, identity, namespaces.store) ||
    hasLostGranter(grant, secretGrants.store, nowMs)
  );
}

/**
 * Copies with a value that no grant in force gives any more, as far as the stores tell: after a start they are asked about before all
 * other work. Those whose access comes from other RBAC are among them.
 */
export function* endedCopyKeys(
  watched: Stores & Pick<Watched, 'userSecrets' | 'secrets'>,
  nowMs: number,
): Generator<ObjectKey> {
  for (const userSecret of watched.userSecrets.store.values()) {
    const { sharedFrom, metadata, secretName } = userSecret;
    if (copyIn(userSecret, watched.secrets.store.get(`${metadata.namespace}/${secretName}`)) === undefined) continue;
    const identity = identityOfSubject({ kind: 'Namespace', name: metadata.namespace });
    if (sharedFrom === undefined || !grantsOver(watched, identity, sharedFrom, nowMs).isByGrant) yield keyOf(metadata);
  }
}
