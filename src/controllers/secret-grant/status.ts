/** The status of a SecretGrant and the events about it, from its phase and what is in the way. Pure. */
import {
  API_VERSION,
  CONDITION_EXPIRED,
  CONDITION_LISTED,
  CONDITION_READY,
  CONDITION_RECONCILING,
  CONDITION_STALLED,
  findCondition,
  replaceConditions,
  rfc3339,
  type ConditionState,
  type SecretGrantReason,
  type SecretGrantStatus,
} from '../../api/index.ts';
import type { PlannedEvent } from '../plan.ts';
import type { SecretGrantView } from '../views.ts';
import type { StatusWeight } from '../write-rates.ts';
import type { GrantPhase, PhaseInput } from './phase.ts';

/** Why the access differs from what the phase says. */
export interface GrantProblem {
  readonly reason: SecretGrantReason;
  readonly message: string;
  /** RoleBindings of the grant exist nevertheless, so the subject has part of the access, or all of it. */
  readonly isPartlyInForce: boolean;
  /** True where waiting helps; false where somebody has to do something. */
  readonly isRetried: boolean;
}

/** How many namespaces the status lists. */
const listedNamespaces = 20;

export interface StatusInput extends PhaseInput {
  /** A list `neuro-shared-with-me` leaves the grant out. */
  readonly isOmitted: boolean;
}

export function planGrantStatus(
  { grant, homes, secret, isOmitted, nowMs }: StatusInput,
  phase: GrantPhase,
  problem: GrantProblem | undefined,
): SecretGrantStatus {
  const uid = secret?.metadata.uid;
  const [use, person] = phase.bindings;
  const { subject } = grant.spec;
  const namespaces = subject.kind === 'Namespace' ? [subject.name] : homes;
  const isActive = phase.phase === 'Active';
  // Access that ended and cannot be removed yet is still in force, whatever the phase should be.
  const shown = problem === undefined ? phase.phase : problem.isPartlyInForce ? 'Active' : 'Pending';
  return {
    observedGeneration: grant.metadata.generation,
    phase: shown,
    ...(use === undefined ? {} : { roleName: use.name, roleBindingName: use.name }),
    ...(person === undefined ? {} : { personRoleName: person.name, personRoleBindingName: person.name }),
    ...(uid === undefined || !isActive ? {} : { secretUid: uid }),
    ...(!isActive || namespaces.length === 0 ? {} : { namespaces: namespaces.slice(0, listedNamespaces) }),
    conditions: replaceConditions(
      grant.status.conditions ?? [],
      conditions(grant, phase, problem, isOmitted && isActive),
      rfc3339(nowMs),
    ),
  };
}

function conditions(
  grant: SecretGrantView,
  phase: GrantPhase,
  problem: GrantProblem | undefined,
  isOmitted: boolean,
): readonly ConditionState[] {
  const { reason } = problem ?? phase;
  const message =
    problem?.isPartlyInForce === true
      ? `${problem.message}; access by this grant is in force in part`
      : (problem ?? phase).message;
  const state = (type: string, status: 'True' | 'False'): ConditionState => ({
    type,
    status,
    reason,
    message,
    observedGeneration: grant.metadata.generation,
  });
  const listed: readonly ConditionState[] = isOmitted
    ? [
        {
          ...state(CONDITION_LISTED, 'False'),
          reason: 'ListFull',
          message:
            "the access is in force, but the list 'neuro-shared-with-me' of its subject has no room for more entries of this namespace",
        },
      ]
    : [];
  if (problem !== undefined) {
    return [
      state(CONDITION_READY, 'False'),
      state(problem.isRetried ? CONDITION_RECONCILING : CONDITION_STALLED, 'True'),
      ...listed,
    ];
  }
  switch (phase.phase) {
    // Not a failure: git keeps old files, and tools that wait for objects to be ready would wait forever for Ready=True.
    case 'Expired':
      return [state(CONDITION_EXPIRED, 'True')];
    case 'Pending':
      return [state(CONDITION_READY, 'False'), state(CONDITION_RECONCILING, 'True')];
    case 'Active':
      return [state(CONDITION_READY, 'True'), ...listed];
    default:
      return phase.phase satisfies never;
  }
}

/** The first status after a change of the spec, and a status that says that the access ended, never wait. */
export function weightOf({ status: former }: SecretGrantView, next: SecretGrantStatus): StatusWeight | undefined {
  if (former.observedGeneration !== next.observedGeneration || next.phase === 'Expired') return undefined;
  const [before, now] = [standing(former), standing(next)];
  const isSame = former.phase === next.phase && before?.status === now?.status && before?.reason === now?.reason;
  return isSame ? 'detail' : 'change';
}

const warnings: ReadonlySet<string> = new Set<SecretGrantReason>([
  'Conflict',
  'Refused',
  'Contested',
  'ApiError',
  'InternalError',
  'GranterLostAccess',
  'PoliciesMissing',
]);

/** One event when the status or the reason of Ready (or Expired) changed. */
export function eventsOf(grant: SecretGrantView, status: SecretGrantStatus): readonly PlannedEvent[] {
  const now = standing(status);
  const before = standing(grant.status);
  if (now === undefined || (before?.status === now.status && before.reason === now.reason)) return [];
  const { namespace, name, uid } = grant.metadata;
  return [
    {
      regarding: { apiVersion: API_VERSION, kind: 'SecretGrant', namespace, name, uid },
      text: {
        type: warnings.has(now.reason) ? 'Warning' : 'Normal',
        reason: now.reason,
        action: 'Reconcile',
        note: now.message,
      },
    },
  ];
}

function standing({ conditions: all }: SecretGrantStatus): ReturnType<typeof findCondition> {
  return findCondition(all, CONDITION_READY) ?? findCondition(all, CONDITION_EXPIRED);
}
