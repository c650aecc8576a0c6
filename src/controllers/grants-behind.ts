/**
 * Which grants stand behind the RoleBindings of a namespace that name somebody. The API server says yes by RBAC alone, and a binding may outlast its
 * grant by a moment: the grant has expired, was deleted, does not cover the subject any more, or the right on which it stood is over.
 *
 * Promise: however many grants and bindings a namespace has, one question costs little more than a look at each.
 */
import { formatSubject, isExpired } from '../api/index.ts';
import { bindingsFor } from './binding-index.ts';
import { hasLostGranter } from './granters.ts';
import type { RoleBindingView } from './rbac-views.ts';
import { covers, type Identity } from './subjects.ts';
import type { SecretGrantView } from './views.ts';
import type { Watched } from './watched.ts';

type Stores = Pick<Watched, 'roleBindings' | 'secretGrants' | 'namespaces'>;

/**
 * Searches for a granter's right, for one secret: each takes up to a millisecond, and the first grant in force ends them. Where more granters have lost
 * their right, the rest count as lost too, until the bindings of their grants are gone a moment later.
 */
const mostSearches = 4;

/** The grants to this identity over one secret. */
interface Behind {
  /** A grant in force that gives the access: then the API server says yes rightly, whatever other bindings there are. */
  readonly inForce?: SecretGrantView;
  /** True where the API server may say yes because of a grant that has ended. */
  readonly isStale: boolean;
}

/** Takes the name of a secret of the namespace. With `copy`, only a grant of that access counts as in force. */
export type GrantsBehind = (secret: string, access?: 'copy') => Behind;

interface Bound {
  /** Undefined where it was deleted, so that nobody knows any more which secrets it was over. */
  readonly grant: SecretGrantView | undefined;
  /** Whatever became of its granter. */
  readonly isOver: boolean;
  /** The right that it depends on: whose, over which secret, and which access. Undefined for a grant of the owner. */
  readonly right: string | undefined;
}

export function grantsBehind(
  { roleBindings, secretGrants, namespaces }: Stores,
  identity: Identity,
  namespace: string,
  { nowMs, searches = mostSearches }: { readonly nowMs: number; readonly searches?: number },
): GrantsBehind {
  const boundBy = ({ grantKey = '', ownerUid }: RoleBindingView): Bound => {
    const grant = secretGrants.store.get(grantKey);
    // Another one may have its name.
    if (grant === undefined || grant.metadata.uid !== ownerUid)
      return { grant: undefined, isOver: true, right: undefined };
    const { metadata, spec } = grant;
    const isOver =
      metadata.deletionTimestamp !== undefined ||
      isExpired(spec.expiresAt, nowMs) ||
      !covers(spec.subject, identity, namespaces.store);
    return { grant, isOver, right: rightOf(spec) };
  };
  const bound = bindingsFor(roleBindings.store, identity, namespace)
    .filter(({ grantKey }) => grantKey !== undefined)
    .map(boundBy);
  const ordered = [...bound.filter(isOwners), ...bound.filter((each) => !isOwners(each))];
  /** Whether those who share by that right have lost it. */
  const lost = new Map<string, boolean>();
  return (secret, access) => {
    let isStale = false;
    let left = searches;
    const hasLost = (grant: SecretGrantView, right: string): boolean => {
      const known = lost.get(right);
      if (known !== undefined) return known;
      if (left === 0) return true;
      left -= 1;
      const found = hasLostGranter(grant, secretGrants.store, nowMs);
      lost.set(right, found);
      return found;
    };
    for (const { grant, isOver, right } of ordered) {
      if ((grant?.spec.secret ?? secret) !== secret) continue;
      if (grant === undefined || isOver || (right !== undefined && hasLost(grant, right))) isStale = true;
      else if (access === undefined || grant.spec.access === access) return { inForce: grant, isStale };
    }
    return { isStale };
  };
}

function isOwners({ right }: Bound): boolean {
  return right === undefined;
}

function rightOf({ grantedBy, secret, access }: SecretGrantView['spec']): string | undefined {
  if (grantedBy === undefined) return undefined;
  return JSON.stringify([formatSubject(grantedBy), secret ?? null, access === 'copy']);
}
