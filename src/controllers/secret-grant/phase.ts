/**
 * Which phase a SecretGrant is in, and which native RBAC it stands for in it. Pure.
 *
 *   Pending (secret missing, granter lost) <──> Active ──> Expired
 *
 * Pending and Expired mean: no RoleBinding, so no access. A grant follows the secret's name, as RBAC's resourceNames do: while
 * the secret is gone nothing is bound, and when its owner makes it again the grant is in force again.
 */
import { formatSubject, isExpired, type SecretGrantReason } from '../../api/index.ts';
import { keptByFinalizer } from '../ownership.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { SecretGrantView } from '../views.ts';
import { bindingsOf, type DesiredBinding } from './bindings.ts';
import { isRooted } from '../granters.ts';
import { uriOf } from '../secret-refs.ts';

export interface PhaseInput {
  readonly grant: SecretGrantView;
  /** The secret that the grant names; undefined where it is missing or being deleted, and where the grant is over all. */
  readonly secret: UserSecretView | undefined;
  /** Names of the namespaces whose annotation says that they are home to the subject, sorted. */
  readonly homes: readonly string[];
  /** Grants that may carry this one, where it is not the owner's. */
  readonly supporters: readonly SecretGrantView[];
  /** Grants that may carry its right to copy, where it gives that and is not the owner's. */
  readonly copySupporters: readonly SecretGrantView[];
  /** What the API server says of the granter's right, where no chain of grants carries it; undefined = not asked. */
  readonly granterMayShare?: boolean | undefined;
  /** Whether the admission policies are in place that tell who makes a grant. */
  readonly hasPolicies: boolean;
  /** Epoch milliseconds, by the later of the clocks of this machine and of the API server. */
  readonly nowMs: number;
}

export interface GrantPhase {
  readonly phase: 'Pending' | 'Active' | 'Expired';
  readonly reason: SecretGrantReason;
  readonly message: string;
  /** All that may exist; whatever else belongs to the grant is removed. */
  readonly bindings: readonly DesiredBinding[];
}

export function phaseOf(input: PhaseInput): GrantPhase {
  const { grant, secret, nowMs } = input;
  const { metadata, spec } = grant;
  if (metadata.deletionTimestamp !== undefined)
    return without(
      'Pending',
      'Deleting',
      `the grant is being deleted, and its access has ended; ${keptByFinalizer(`secretgrant ${metadata.name}`, metadata.namespace)}`,
    );
  if (isExpired(spec.expiresAt, nowMs))
    return without('Expired', 'Expired', `the access ended at ${spec.expiresAt ?? ''}`);
  if (!hasGranter(input)) {
    const granter = spec.grantedBy === undefined ? '' : formatSubject(spec.grantedBy);
    const right = spec.access === 'copy' ? 'to copy and to share' : 'to share';
    return without(
      'Pending',
      'GranterLostAccess',
      `the grant depends on the right of ${granter} ${right}, which ${granter} does not have now: the owner can create another grant`,
    );
  }
  if (!input.hasPolicies && grant.status.phase !== 'Active') {
    return without(
      'Pending',
      'PoliciesMissing',
      "the operator's admission policies are not in place, so nobody checks who makes a grant; the access begins when an administrator installs them ('neuro doctor' names them)",
    );
  }
  if (spec.secret !== undefined && secret === undefined) {
    return without(
      'Pending',
      'SecretNotFound',
      `there is no UserSecret '${spec.secret}' in this namespace; the access begins when it is created`,
    );
  }
  if (secret?.sharedFrom !== undefined) {
    return without(
      'Pending',
      'SecretIsCopy',
      `'${secret.metadata.name}' is a copy of ${uriOf(secret.sharedFrom)}, and a copy cannot be shared: its owner shares the secret itself`,
    );
  }
  return { phase: 'Active', reason: 'Active', message: activeMessage(input), bindings: bindingsOf(grant, input.homes) };
}

/** True for a grant of the owner, and for one that chains of grants, or other RBAC of the cluster, carry. */
export function hasGranter({ grant, supporters, copySupporters, granterMayShare, nowMs }: PhaseInput): boolean {
  if (granterMayShare === true) return true;
  return isRooted(grant, supporters, nowMs) && (grant.spec.access !== 'copy' || isRooted(grant, copySupporters, nowMs));
}

function without(phase: 'Pending' | 'Expired', reason: SecretGrantReason, message: string): GrantPhase {
  return { phase, reason, message, bindings: [] };
}

function activeMessage({ grant, homes }: PhaseInput): string {
  const { subject, access = 'read', secret, expiresAt } = grant.spec;
  const what = secret === undefined ? 'every secret of this namespace' : `'${secret}'`;
  const until = expiresAt === undefined ? '' : ` until ${expiresAt}`;
  const base = `${subject.kind} ${subject.name} has ${access} access to ${what}${until}`;
  if ((subject.kind === 'User' || subject.kind === 'Group') && homes.length === 0) {
    return `${base}; no namespace is annotated as home to it, so jobs cannot use it yet`;
  }
  if (subject.kind === 'ServiceAccount' && access === 'copy')
    return `${base}; a copy belongs to a namespace: to allow copies, grant the access to the Namespace`;
  if (subject.kind === 'Namespace' && access !== 'read' && access !== 'copy')
    return `${base}; its service accounts get read access only`;
  return base;
}
