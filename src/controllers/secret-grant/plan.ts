/**
 * Decides which native RBAC a SecretGrant stands for right now. Pure; the controller makes it so, and looks again at the expiry.
 *
 *   Pending (secret missing) <──> Active ──> Expired
 *
 * Pending and Expired mean: no RoleBinding, so no access. Active without Ready means that it is not as it should be. A grant follows the secret's name, as RBAC's resourceNames do: while
 * the secret is gone nothing is bound, and when its owner makes it again the grant, still standing, is in force again.
 */
import {
  CONDITION_EXPIRED,
  CONDITION_READY,
  CONDITION_RECONCILING,
  CONDITION_STALLED,
  GROUP,
  replaceConditions,
  type ConditionState,
  type SecretGrantStatus,
} from '../../api/index.ts';
import type { Role, RoleBinding } from '../resources.ts';
import type { SecretGrantView, UserSecretView } from '../views.ts';

export interface GrantInput {
  readonly grant: SecretGrantView;
  /** The secret that the grant names; undefined where it is missing or being deleted, and where the grant is over all. */
  readonly secret: UserSecretView | undefined;
  /** Names of the namespaces whose annotation says that they are home to the subject, sorted. */
  readonly homes: readonly string[];
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** A Role with its RoleBinding, of one name. */
export interface DesiredBinding {
  readonly name: string;
  readonly rules: NonNullable<Role['rules']>;
  readonly subjects: NonNullable<RoleBinding['subjects']>;
}

export interface GrantPlan {
  readonly phase: 'Pending' | 'Active' | 'Expired';
  readonly reason: 'Active' | 'SecretNotFound' | 'Expired';
  readonly message: string;
  /** All that may stand; whatever else belongs to the grant is removed. */
  readonly bindings: readonly DesiredBinding[];
}

/** Why access that should be in force is not. */
export interface GrantProblem {
  readonly reason: 'Conflict' | 'Refused' | 'Contested';
  readonly message: string;
  /** A RoleBinding of the grant stands all the same, so the subject has part of the access, or all of it. */
  readonly isPartlyInForce: boolean;
}

export function planGrant(input: GrantInput): GrantPlan {
  const { grant, secret, nowMs } = input;
  const expiresMs = grant.spec.expiresAt === undefined ? undefined : new Date(grant.spec.expiresAt).getTime();
  // A time that cannot be read is taken as passed: access fails closed.
  if (expiresMs !== undefined && !(expiresMs > nowMs)) {
    return {
      phase: 'Expired',
      reason: 'Expired',
      message: `the access ended at ${grant.spec.expiresAt ?? ''}`,
      bindings: [],
    };
  }
  if (grant.spec.secret !== undefined && secret === undefined) {
    return {
      phase: 'Pending',
      reason: 'SecretNotFound',
      message: `there is no UserSecret '${grant.spec.secret}' in this namespace; the access begins when it is made`,
      bindings: [],
    };
  }
  return {
    phase: 'Active',
    reason: 'Active',
    message: activeMessage(input),
    bindings: bindingsOf(input),
  };
}

/** The names do not depend on the grant's name, so that no two grants can meet in one and nobody can take one beforehand. */
export function useRoleName(uid: string): string {
  return `neuro-grant-${uid}`;
}

export function personRoleName(uid: string): string {
  return `neuro-grant-${uid}-person`;
}

function bindingsOf({ grant, homes }: GrantInput): readonly DesiredBinding[] {
  const { uid } = grant.metadata;
  const { secret, subject, access = 'read' } = grant.spec;
  const onSecrets = (verbs: readonly string[]) => ({
    apiGroups: [GROUP],
    resources: ['usersecrets'],
    verbs,
    ...(secret === undefined ? {} : { resourceNames: [secret] }),
  });
  const person = personOf(subject);
  const use: DesiredBinding = {
    name: useRoleName(uid),
    rules: [onSecrets(['use'])],
    subjects: [...person, ...jobsOf(subject, homes)],
  };
  // Jobs of a namespace never get more than `use`: whoever may make a Pod there would have it too.
  if (access === 'read' || person.length === 0) return [use];
  const manages = access === 'manage';
  const personal: DesiredBinding = {
    name: personRoleName(uid),
    rules: [
      onSecrets(['get', 'update', 'patch', 'delete', ...(manages ? ['share'] : [])]),
      ...(manages
        ? [{ apiGroups: [GROUP], resources: ['secretgrants'], verbs: ['create', 'get', 'update', 'patch', 'delete'] }]
        : []),
    ],
    subjects: person,
  };
  return [use, personal];
}

type Subject = SecretGrantView['spec']['subject'];
type RbacSubject = DesiredBinding['subjects'][number];
const rbacGroup = 'rbac.authorization.k8s.io';

function personOf(subject: Subject): readonly RbacSubject[] {
  switch (subject.kind) {
    case 'User':
    case 'Group':
      return [{ apiGroup: rbacGroup, kind: subject.kind, name: subject.name }];
    case 'ServiceAccount':
      return [{ kind: 'ServiceAccount', name: subject.name, namespace: subject.namespace ?? '' }];
    case 'Namespace':
      return [];
    default:
      subject.kind satisfies never;
      return [];
  }
}

/** The service accounts as which the subject's jobs act. */
function jobsOf(subject: Subject, homes: readonly string[]): readonly RbacSubject[] {
  const namespaces = subject.kind === 'Namespace' ? [subject.name] : homes;
  return namespaces.map((namespace) => ({
    apiGroup: rbacGroup,
    kind: 'Group',
    name: `system:serviceaccounts:${namespace}`,
  }));
}

function activeMessage({ grant, homes }: GrantInput): string {
  const { subject, access = 'read', secret, expiresAt } = grant.spec;
  const what = secret === undefined ? 'every secret of this namespace' : `'${secret}'`;
  const until = expiresAt === undefined ? '' : ` until ${expiresAt}`;
  const base = `${subject.kind} ${subject.name} has ${access} access to ${what}${until}`;
  if ((subject.kind === 'User' || subject.kind === 'Group') && homes.length === 0) {
    return `${base}; no namespace is annotated as home to it, so jobs cannot use it yet`;
  }
  if (subject.kind === 'Namespace' && access !== 'read')
    return `${base}; service accounts of a namespace only ever get read`;
  return base;
}

/** How many namespaces the status lists. */
const listedNamespaces = 20;

export function planGrantStatus(
  input: GrantInput,
  plan: GrantPlan,
  problem: GrantProblem | undefined,
): SecretGrantStatus {
  const { grant, homes, secret, nowMs } = input;
  const observedGeneration = grant.metadata.generation;
  const now = new Date(nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const isReady = plan.phase === 'Active' && problem === undefined;
  const { reason } = problem ?? plan;
  const message =
    problem?.isPartlyInForce === true
      ? `${problem.message}; access by this grant is in force in part`
      : (problem ?? plan).message;
  // An expired grant is as it should be: git keeps old files, and nothing is wrong with them. Who waits for objects to be ready
  // would wait for ever on Ready=False.
  const states: ConditionState[] =
    plan.phase === 'Expired'
      ? [{ type: CONDITION_EXPIRED, status: 'True', reason, message, observedGeneration }]
      : [{ type: CONDITION_READY, status: isReady ? 'True' : 'False', reason, message, observedGeneration }];
  if (plan.phase === 'Pending')
    states.push({ type: CONDITION_RECONCILING, status: 'True', reason, message, observedGeneration });
  else if (problem !== undefined)
    states.push({ type: CONDITION_STALLED, status: 'True', reason, message, observedGeneration });
  const [use, person] = plan.bindings;
  const namespaces = grant.spec.subject.kind === 'Namespace' ? [grant.spec.subject.name] : homes;
  return {
    observedGeneration,
    phase: problem === undefined || problem.isPartlyInForce ? plan.phase : 'Pending',
    ...(use === undefined ? {} : { roleName: use.name, roleBindingName: use.name }),
    ...(person === undefined ? {} : { personRoleName: person.name, personRoleBindingName: person.name }),
    ...(secret === undefined || plan.phase !== 'Active' ? {} : { secretUid: secret.metadata.uid }),
    ...(plan.phase !== 'Active' || namespaces.length === 0
      ? {}
      : { namespaces: namespaces.slice(0, listedNamespaces) }),
    conditions: replaceConditions(grant.status.conditions ?? [], states, now),
  };
}
