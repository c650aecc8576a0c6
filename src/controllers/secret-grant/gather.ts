/** What is decided on about a grant: what the stores have, and what this process remembers of its writes. */
import { refOf, type ObjectKey } from '../../kernel/index.ts';
import { anybody, bindingsNaming } from '../binding-index.ts';
import type { Known } from '../plan.ts';
import { rbacName } from '../rbac-name.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import type { SecretGrantView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { personRoleName, useRoleName } from '../grant-names.ts';
import { desiredText, kindOf, type Bound } from './bindings.ts';
import { copySupportersOf, supportersOf } from '../granters.ts';
import type { GrantInput } from './plan.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'secretGrants' | 'userSecrets' | 'namespaces' | 'roles' | 'roleBindings'>;
  readonly repairs: RepairLimiter;
  /** Whether the admission policies are in place. */
  readonly hasPolicies: () => boolean;
  /** Whether a list `neuro-shared-with-me` leaves the grant out. */
  readonly isOmitted: (grantKey: ObjectKey) => boolean;
}

export function gather(deps: GatherDependencies, key: ObjectKey, { nowMs, cause, failure }: Known): GrantInput {
  const { watched, repairs } = deps;
  const { namespace = '' } = refOf(key);
  const grant = watched.secretGrants.store.get(key);
  const bound = boundTo(watched, key);
  const homes = grant === undefined ? [] : homesOf(watched, grant);
  return {
    key,
    cause,
    grant,
    secret: grant === undefined ? undefined : secretOf(watched, grant),
    homes,
    supporters: grant === undefined ? [] : supportersOf(grant, watched.secretGrants.store, nowMs),
    copySupporters: grant === undefined ? [] : copySupportersOf(grant, watched.secretGrants.store, nowMs),
    isGranterBound: grant !== undefined && isGranterBound(watched, grant),
    hasPolicies: deps.hasPolicies(),
    bound,
    named: grant === undefined ? new Map() : namedOf(watched, grant),
    isNamespaceGoing: watched.namespaces.store.get(namespace)?.metadata.deletionTimestamp !== undefined,
    isOmitted: deps.isOmitted(key),
    repairWaitMs: grant === undefined ? 0 : repairs.waitMs(key, desiredText(grant, homes)),
    nowMs,
    failure,
  };
}

/**
 * The Roles and RoleBindings that belong to the grant of that key, or did. One without an owner reference is found by a label. The label may hold a
 * shortened name, so such an object can belong to another grant, and is then left out.
 */
function boundTo(
  { roles, roleBindings, secretGrants }: GatherDependencies['watched'],
  key: ObjectKey,
): readonly Bound[] {
  const found = [...roleBindings.store.byIndex('grant', key), ...roles.store.byIndex('grant', key)];
  const isOfAnother = ({ ownerUid = '' }: Bound): boolean =>
    [...secretGrants.store.keysByIndex('uid', ownerUid)].some((other) => other !== key);
  return found.filter((bound) => bound.isControlled || !isOfAnother(bound));
}

function secretOf({ userSecrets }: GatherDependencies['watched'], { metadata, spec }: SecretGrantView) {
  const secret = spec.secret === undefined ? undefined : userSecrets.store.get(`${metadata.namespace}/${spec.secret}`);
  return secret?.metadata.deletionTimestamp === undefined ? secret : undefined;
}

function homesOf({ namespaces }: GatherDependencies['watched'], { spec }: SecretGrantView): readonly string[] {
  const { kind, name } = spec.subject;
  const index = kind === 'User' ? 'user' : kind === 'Group' ? 'group' : undefined;
  return index === undefined ? [] : namespaces.store.byIndex(index, name).map(({ metadata }) => metadata.name);
}

function namedOf({ roles, roleBindings }: GatherDependencies['watched'], { metadata }: SecretGrantView) {
  const named = new Map<string, Bound>();
  for (const name of [useRoleName(metadata.uid), personRoleName(metadata.uid)]) {
    for (const bound of [
      roles.store.get(`${metadata.namespace}/${name}`),
      roleBindings.store.get(`${metadata.namespace}/${name}`),
    ]) {
      if (bound !== undefined) named.set(`${kindOf(bound)}/${name}`, bound);
    }
  }
  return named;
}

/**
 * Whether a binding of ours exists that lets the granter share, or for a grant of a copy, one that lets them copy. A binding whose grant is gone
 * counts until it is removed.
 */
function isGranterBound(
  { roleBindings, secretGrants }: GatherDependencies['watched'],
  { metadata, spec }: SecretGrantView,
): boolean {
  if (spec.grantedBy === undefined) return false;
  const names = [rbacName(spec.grantedBy), anybody].map((name) => `${metadata.namespace}/${name}`);
  if (names.some((name) => roleBindings.store.keysByIndex('person', name).size > 0)) return true;
  return (
    spec.access === 'copy' &&
    bindingsNaming(roleBindings.store, [rbacName(spec.grantedBy)], metadata.namespace).some(({ grantKey }) => {
      const grant = grantKey === undefined ? undefined : secretGrants.store.get(grantKey);
      return grantKey !== undefined && (grant === undefined || grant.spec.access === 'copy');
    })
  );
}
