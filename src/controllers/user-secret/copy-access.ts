/**
 * Whether the namespace of a copy may have it, and until when. The API server decides, by RBAC: one SubjectAccessReview of the verb
 * `copy` for the service accounts of that namespace. Nothing of the source is looked at first, so that what is absent and what is not
 * granted take the same way.
 */
import { parseTimeMs } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { keyOf, type ObjectKey } from '../../kernel/index.ts';
import type { AccessReviews } from '../access-reviews.ts';
import { grantsBehind, type GrantsBehind } from '../grants-behind.ts';
import type { SecretRef } from '../secret-refs.ts';
import { identityOfSubject } from '../subjects.ts';
import { betweenIndexValue, type Watched } from '../watched.ts';
import { copyIn, type CopyAccess } from './copies.ts';

type Stores = Pick<Watched, 'roleBindings' | 'secretGrants' | 'namespaces'>;

interface CopyAccessDependencies {
  readonly reviews: AccessReviews;
  readonly watched: Stores;
  /** Now, by the later of the clocks of this machine and of the API server. */
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
  const { inForce, isStale } = grantsBehind(watched, identity, source.namespace, { nowMs: nowMs() })(
    source.name,
    'copy',
  );
  // A binding of a grant that is over may be why the review says yes. A grant that is in force says yes all the same.
  if (inForce === undefined) return { isAllowed: !isStale, isByGrant: false };
  return { isAllowed, isByGrant: true, ...defined({ endsAtMs: parseTimeMs(inForce.spec.expiresAt) }) };
}

/**
 * Copies with a value that no grant of the owner in force gives any more, as far as the stores tell: after a start they are asked about before all
 * other work. Those whose access comes from somebody else's grant, or from other RBAC, are among them.
 */
export function* endedCopyKeys(
  watched: Stores & Pick<Watched, 'userSecrets' | 'secrets'>,
  nowMs: number,
): Generator<ObjectKey> {
  const between = new Map<string, GrantsBehind>();
  for (const userSecret of watched.userSecrets.store.values()) {
    const { sharedFrom, metadata, secretName } = userSecret;
    const { namespace } = metadata;
    if (copyIn(userSecret, watched.secrets.store.get(`${namespace}/${secretName}`)) === undefined) continue;
    if (sharedFrom === undefined) {
      yield keyOf(metadata);
      continue;
    }
    const key = betweenIndexValue(namespace, sharedFrom.namespace);
    let behind = between.get(key);
    if (behind === undefined) {
      const identity = identityOfSubject({ kind: 'Namespace', name: namespace });
      between.set(key, (behind = grantsBehind(watched, identity, sharedFrom.namespace, { nowMs, searches: 0 })));
    }
    if (behind(sharedFrom.name, 'copy').inForce === undefined) yield keyOf(metadata);
  }
}
