/**
 * Decides the next write for a SecretGrant. Pure. Removing comes before everything else: access ends first.
 *
 *   granter? ──> phase ──> remove what it does not allow ──> create or correct what it allows ──> status
 */
import { parseTimeMs, type SecretGrantStatus } from '../../api/index.ts';
import { personRoleName, useRoleName } from '../grant-names.ts';
import { firstPlan, soon, type Failing, type Known, type Plan } from '../plan.ts';
import type { SecretGrantView } from '../views.ts';
import { desiredText, differenceOf, kindOf, type Bound, type BoundKind, type DesiredBinding } from './bindings.ts';
import { hasGranter, phaseOf, type GrantPhase, type PhaseInput } from './phase.ts';
import { eventsOf, planGrantStatus, weightOf, type GrantProblem } from './status.ts';

export interface GrantInput extends Failing, Omit<PhaseInput, 'grant'> {
  readonly key: string;
  /** Why the key is worked on. */
  readonly cause: Known['cause'];
  /** Undefined: it is gone, and its bindings may still exist. */
  readonly grant: SecretGrantView | undefined;
  /** Roles and RoleBindings that belong to the grant by owner reference or annotation. */
  readonly bound: readonly Bound[];
  /** Objects with one of the grant's names, also those of somebody else, by `Kind/name`. */
  readonly named: ReadonlyMap<string, Bound>;
  readonly isNamespaceGoing: boolean;
  /** A RoleBinding of ours exists for the granter, so if the API server allows the granter to share, that may come from a grant that ended. */
  readonly isGranterBound: boolean;
  readonly isOmitted: boolean;
  /** Milliseconds until the desired bindings may be written again; above 0 where something keeps reverting them. */
  readonly repairWaitMs: number;

  /** Learned: when the granter's right by other RBAC is to be asked again, in milliseconds. */
  readonly granterRecheckMs?: number;
  /** Learned: bound objects that no watch shows, because somebody took our label off. */
  readonly hidden?: readonly Bound[];
  /** Learned: objects with one of the grant's names that no watch shows, by `Kind/name`. */
  readonly read?: ReadonlyMap<string, Bound>;
  /** Learned: the objects that this reconcile has written, by `Kind/name`. */
  readonly written?: ReadonlySet<string>;
  /** Learned: the desired state for which the last of them was written: `desiredText`. */
  readonly writtenFor?: string;
  /** Learned: milliseconds until the namespace may have a RoleBinding of that size written. */
  readonly heldBackMs?: number;
  /** Learned: the API server refused a write. */
  readonly refused?: string;
}

export type GrantStep =
  | { readonly do: 'ask-granter' }
  | { readonly do: 'look-for-hidden'; readonly names: readonly string[] }
  | { readonly do: 'remove'; readonly bound: readonly Bound[] }
  | { readonly do: 'create'; readonly kind: BoundKind; readonly desired: DesiredBinding }
  | {
      readonly do: 'patch';
      readonly kind: BoundKind;
      readonly desired: DesiredBinding;
      readonly existing: Bound;
      readonly patch: object;
    }
  | { readonly do: 'replace'; readonly desired: DesiredBinding; readonly existing: Bound };

export type GrantPlan = Plan<GrantStep, SecretGrantStatus>;
interface Context {
  readonly input: GrantInput;
  readonly grant: SecretGrantView | undefined;
  readonly phase: GrantPhase | undefined;
  /** What may exist: empty where the grant is gone or gives nothing. */
  readonly desired: readonly DesiredBinding[];
  readonly surplus: readonly Bound[];
}
type Rule = (context: Context) => GrantPlan | undefined;

/** Access that has ended is removed as soon as the API server lets us. The growing delays of the queue are for everything else. */
const removalRetryMs = 1_000;
/** An object of somebody else without our label is not watched, so it is looked at again. A refusal is tried again: it may pass. */
const problemRetryMs = 10_000;

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  failing, // A step failed, and has failed for a while: say so.
  granterUnknown, // No chain of grants gives the granter the right, but other RBAC may.
  hiddenBindings, // Objects that the status names and no watch shows must not outlive the grant.
  surplusBindings, // Remove access that has ended.
  gone, // Nothing of it is left.
  namespaceGoing, // Nothing can be made in a namespace that goes.
  refused, // By the API server or an admission policy.
  heldBack, // Its namespace had as much written in the last minute as it may.
  superseded, // The grant was changed since this reconcile wrote for it.
  contested, // Something else reverts what we write, each time.
  different, // Create or correct the next object.
];

export function planSecretGrant(input: GrantInput): GrantPlan {
  const context = contextOf(input);
  return firstPlan(rules, context) ?? settled(context, undefined);
}

function contextOf(input: GrantInput): Context {
  const { grant, bound, hidden = [] } = input;
  const phase = grant === undefined ? undefined : phaseOf({ ...input, grant });
  const desired = phase?.bindings ?? [];
  const names = new Set(desired.map(({ name }) => name));
  const surplus = [...bound, ...hidden].filter((each) => {
    const { ownerUid: uid, metadata, isControlled } = each;
    // Somebody's finalizer keeps it, and it gives no access any more.
    if (metadata.deletionTimestamp !== undefined && !givesAccess(each)) return false;
    // The name must match too: an object of another name that claims to belong to this grant was made by somebody else.
    if (uid === undefined || ![useRoleName(uid), personRoleName(uid)].includes(metadata.name)) return false;
    if (names.has(metadata.name) && uid === grant?.metadata.uid) return false;
    // The Role of a grant that is gone gives nothing without a binding. The garbage collector deletes it, so that no revoke waits for it.
    return !(grant === undefined && kindOf(each) === 'Role' && isControlled);
  });
  return { input, grant, phase, desired, surplus };
}

function failing(context: Context): GrantPlan | undefined {
  const { input, surplus } = context;
  const { failure, nowMs } = input;
  if (failure?.isNow !== true) return undefined;
  const { reason, message } = failure;
  const retryMs = surplus.length > 0 ? removalRetryMs : problemRetryMs;
  const problem = { reason, message, isPartlyInForce: isPartlyInForce(context), isRetried: true };
  return { ...soon(settled(context, problem), nowMs + retryMs), rule: failing.name, requeueLane: 'change' };
}

function granterUnknown({ input, grant }: Context): GrantPlan | undefined {
  const isAsked = input.granterMayShare !== undefined;
  if (grant === undefined || isAsked || input.isGranterBound || hasGranter({ ...input, grant })) return undefined;
  return { rule: granterUnknown.name, steps: [{ do: 'ask-granter' }] };
}

function hiddenBindings({ input, grant }: Context): GrantPlan | undefined {
  if (grant === undefined || input.hidden !== undefined) return undefined;
  const { roleName, personRoleName: personName } = grant.status;
  const shown = new Set(input.bound.map((each) => `${kindOf(each)}/${each.metadata.name}`));
  const names = [roleName, personName]
    .filter((name) => name !== undefined)
    .filter((name) => !shown.has(`Role/${name}`) || !shown.has(`RoleBinding/${name}`));
  return names.length === 0 ? undefined : { rule: hiddenBindings.name, steps: [{ do: 'look-for-hidden', names }] };
}

function surplusBindings({ surplus }: Context): GrantPlan | undefined {
  // Bindings go before Roles, so that access ends with the first request.
  for (const kind of ['RoleBinding', 'Role'] as const) {
    const bound = surplus.filter((each) => kindOf(each) === kind);
    if (bound.length > 0) return { rule: surplusBindings.name, steps: [{ do: 'remove', bound }] };
  }
  return undefined;
}

function gone({ grant }: Context): GrantPlan | undefined {
  return grant === undefined ? { rule: gone.name } : undefined;
}

function namespaceGoing({ input }: Context): GrantPlan | undefined {
  return input.isNamespaceGoing ? { rule: namespaceGoing.name } : undefined;
}

function refused(context: Context): GrantPlan | undefined {
  const { refused: message } = context.input;
  return message === undefined ? undefined : problemOf(context, refused, 'Refused', message);
}

/** Only new access waits. An end of access is written at once. */
function heldBack(context: Context): GrantPlan | undefined {
  const { heldBackMs, nowMs } = context.input;
  if (heldBackMs === undefined) return undefined;
  const message =
    'the operator has written as much for this namespace in the last minute as it may (docs/limits.md): the RoleBinding with all homes of the subject is written within minutes';
  const problem = {
    reason: 'TooManyWrites',
    message,
    isPartlyInForce: isPartlyInForce(context),
    isRetried: true,
  } as const;
  return { ...soon(settled(context, problem), nowMs + heldBackMs), rule: heldBack.name };
}

/**
 * The author changed the grant after this reconcile had written for it, so what differs now is no repair. The next reconcile writes it at once, and the
 * repair limiter does not count it.
 */
function superseded({ input, grant }: Context): GrantPlan | undefined {
  if (grant === undefined || input.writtenFor === undefined) return undefined;
  if (input.writtenFor === desiredText(grant, input.homes)) return undefined;
  return { rule: superseded.name, requeueAtMs: input.nowMs, requeueLane: 'change' };
}

function contested(context: Context): GrantPlan | undefined {
  const { input } = context;
  const next = nextDifference(context);
  if (next === undefined) return undefined;
  const { kind, desired } = next;
  if (input.written?.has(`${kind}/${desired.name}`) === true) {
    const message = `an admission policy or webhook of the cluster changes the ${kind} '${desired.name}' as it is written`;
    return problemOf(context, contested, 'Contested', message);
  }
  if (next.difference === 'foreign' || input.repairWaitMs <= 0) return undefined;
  const message = `something else changes the Role or RoleBinding '${desired.name}' whenever it is put back, such as an admission policy or another controller: it is put back again with growing pauses`;
  return soon(problemOf(context, contested, 'Contested', message), input.nowMs + input.repairWaitMs);
}

function different(context: Context): GrantPlan | undefined {
  const next = nextDifference(context);
  if (next === undefined) return undefined;
  const { kind, desired, existing, difference } = next;
  if (existing === undefined) return { rule: different.name, steps: [{ do: 'create', kind, desired }] };
  if (difference === 'foreign') {
    const message = `the ${kind} '${desired.name}' exists and does not belong to this grant: delete it, and the access begins`;
    return problemOf(context, different, 'Conflict', message);
  }
  if (difference === 'replace') return { rule: different.name, steps: [{ do: 'replace', desired, existing }] };
  return { rule: different.name, steps: [{ do: 'patch', kind, desired, existing, patch: difference ?? {} }] };
}

/** The first object that is not as desired. The Role comes first, because a RoleBinding to a Role that does not exist explains nothing. */
function nextDifference({ input, grant, desired }: Context) {
  if (grant === undefined) return undefined;
  for (const each of desired) {
    for (const kind of ['Role', 'RoleBinding'] as const) {
      const id = `${kind}/${each.name}`;
      // The store has newer states of objects that were written since.
      const existing = (input.written?.has(id) === true ? undefined : input.read?.get(id)) ?? input.named.get(id);
      const difference = existing === undefined ? undefined : differenceOf(grant, each, existing);
      if (existing === undefined || difference !== undefined) return { kind, desired: each, existing, difference };
    }
  }
  return undefined;
}

function problemOf(context: Context, rule: Rule, reason: GrantProblem['reason'], message: string): GrantPlan {
  const problem = { reason, message, isPartlyInForce: isPartlyInForce(context), isRetried: false };
  return { ...soon(settled(context, problem), context.input.nowMs + problemRetryMs), rule: rule.name };
}

function settled({ input, grant, phase }: Context, problem: GrantProblem | undefined): GrantPlan {
  if (grant === undefined || phase === undefined) return { rule: 'settled' };
  const status = planGrantStatus({ ...input, grant }, phase, problem);
  const statusWeight = weightOf(grant, status);
  return { rule: 'settled', status, statusWeight, events: eventsOf(grant, status), ...nextLook(input, grant) };
}

/** When the access ends by itself: the grant expires, or one that it depends on does. */
function nextLook({ supporters, copySupporters, granterRecheckMs, nowMs }: GrantInput, grant: SecretGrantView) {
  const ends = [grant, ...supporters, ...copySupporters]
    .map(({ spec }) => parseTimeMs(spec.expiresAt))
    .filter((ms) => ms !== undefined)
    .filter((ms) => ms > nowMs);
  if (granterRecheckMs !== undefined) ends.push(nowMs + granterRecheckMs);
  return ends.length === 0 ? {} : ({ requeueAtMs: Math.min(...ends), requeueLane: 'change' } as const);
}

/** Whether a RoleBinding of the grant exists, by which the subject has access. */
function isPartlyInForce({ input, grant }: Context): boolean {
  return input.bound.some((each) => each.ownerUid === grant?.metadata.uid && givesAccess(each));
}

function givesAccess(bound: Bound): boolean {
  return 'subjects' in bound && (bound.hasTooManySubjects || (bound.subjects ?? []).length > 0);
}
