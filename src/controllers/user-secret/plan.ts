/**
 * Decides the next step for a UserSecret, and what its status says. Pure; act.ts writes.
 *
 *                        ┌───────── source, type or value differs ─────────┐
 *                        v                                                 │
 *   (missing) ── obtain ── write ──> settled ── rotation due ── obtain ────┘
 *   (taken)   ── refused, until it is free or names the UserSecret that may adopt it
 *   (clash)   ── refused, until the older UserSecret is gone
 *
 * "Settled" is recognised by hashes on the native Secret, so that a restart opens no sealed value. A generated value exists only in
 * the native Secret, so a new one is generated only when it is gone or was changed, or when the source or a rotation asks for
 * another; never because hashes were lost, a label was removed, or the key changed.
 */
import { ANNOTATION_GENERATED_FOR, API_VERSION, type UserSecretReason } from '../../api/index.ts';
import { keptByFinalizer } from '../ownership.ts';
import type { PlannedEvent } from '../plan.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import { adoption, keyConflict, nameTaken, secretNameConflict } from './conflicts.ts';
import { decideCopy, heldBackMs, isStatusLater, nextCopyLookMs, statusLaterMs } from './copies.ts';
import {
  copyOutdated,
  formDrift,
  generatedStands,
  metadataDrift,
  pairDrift,
  partsChanged,
  reference,
  sourceChanged,
  tooManyKeys,
  valueDrift,
} from './differences.ts';
import { isOfThis, keptOf, standingVersion } from './history.ts';
import {
  type Decision,
  type Rule,
  type Situation,
  type UserSecretInput,
  type UserSecretPlan,
  nativeOf,
} from './input.ts';
import { generatedForText, nextRotationMs } from './native.ts';
import { lost, missing, replaced, replacing, restored } from './presence.ts';
import { fail, lookAgainMs, report } from './report.ts';
import { decideRotation } from './rotation.ts';
import { readyOutcome, type Outcome } from './status.ts';
import type { FormerChange } from './steps.ts';
import { write } from './write.ts';

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  failing, // A step failed, and has failed for a while: say so. The queue tries again.
  refused, // The API server or an admission policy refused the write.
  copied, // A copy ends with its access, before anything else; and nothing is obtained before it is asked for.
  deleting, // The owner reference takes the native Secret along, or its absence (Orphan) leaves it. A finalizer can keep the UserSecret.
  heldBack, // Too many bytes are being copied for this namespace right now.
  outOfBytes, // It has had as much written again in this minute as it may.
  keyConflict, // One key, one Opaque UserSecret: the oldest keeps it. Other types fix the key, so several can have it.
  secretNameConflict, // A native Secret belongs to one UserSecret: the one that has it, else the oldest.
  nameTaken, // Something else has the Secret's name: look first, because a try would send the value in vain.
  lost, // A generated value was not restored with its UserSecret: wait for it, and never generate another unasked.
  missing, // There is no native Secret.
  replaced, // It was deleted and created again, and exists: delete what was kept meanwhile.
  restored, // The native Secret of a former UserSecret of this name, from a backup.
  replacing, // It belongs to a former UserSecret of the name; the garbage collector is about to remove it.
  adoption, // Never overwrite what somebody else made, unless it names this UserSecret.
  generatedStands, // The hashes are by another key now; the source did not change since it was settled.
  sourceChanged, // The UserSecret has another source.
  tooManyKeys, // Somebody added more keys than a view keeps, so the view says nothing of the value.
  valueDrift, // Somebody changed the value in place.
  pairDrift, // Somebody changed a part of a certificate pair in place.
  formDrift, // The value is right, but the Secret is of another type, or immutable.
  rotation, // The time has come, or the owner asked for it by the annotation.
  metadataDrift, // The value is right, but labels, owner or keys are not.
  copyOutdated, // The secret that is copied has another value.
  partsChanged, // A part of the template has another value, or cannot be used any more.
  reference, // The value of another Secret or of a ConfigMap has to be read: only that shows whether it changed.
  unmarked, // The UserSecret does not record yet that a value was generated for it.
  history, // Former values are too many, or do not belong to this UserSecret yet.
  valuesFirst, // Many copies follow a change: their values come before their statuses.
  settled, // Nothing differs.
];

export function planUserSecret(input: UserSecretInput): UserSecretPlan {
  const situation = { ...input, native: nativeOf(input) };
  for (const rule of rules) {
    const decision = rule(situation);
    if (decision !== undefined) return { rule: rule.name, ...decision, ...nextLook(situation, decision) };
  }
  throw new TypeError('no rule decides');
}

/** A copy ends to the second, so its next look never waits behind other timers. */
function nextLook(situation: Situation, { steps = [], requeueAtMs = Infinity }: Decision): Partial<Decision> {
  const lookMs = steps.length > 0 ? undefined : nextCopyLookMs(situation);
  return lookMs === undefined ? {} : { requeueAtMs: Math.min(lookMs, requeueAtMs), requeueLane: 'change' };
}

function failing(situation: Situation): Decision | undefined {
  const { failure } = situation;
  if (failure?.isNow !== true) return undefined;
  const { reason, message } = failure;
  return report(situation, { kind: 'failed', reason, message, isStalled: false });
}

export function refused(situation: Situation): Decision | undefined {
  const { refused: problem, nowMs } = situation;
  if (problem === undefined) return undefined;
  const failed = fail(situation, problem);
  return problem.reason === 'QuotaExhausted' && isJustKept(situation)
    ? { ...failed, requeueAtMs: nowMs + countingMs }
    : failed;
}

/** How often a write is tried again while the quota still counts the native Secret that was just deleted. */
const countingMs = 1_000;
/** After this time, something else has taken the room of that Secret. */
const longestCountingMs = 15_000;

function isJustKept({ replacement, latestMs }: Situation): boolean {
  if (replacement === undefined) return false;
  const dueMs = Date.parse(replacement.native.metadata.creationTimestamp) + longestCountingMs;
  return !(latestMs > dueMs);
}

function copied(situation: Situation): Decision | undefined {
  const decision = decideCopy(situation);
  switch (decision?.do) {
    case undefined:
      return undefined;
    case 'ask':
      return { steps: [{ do: 'ask-copy' }] };
    case 'remove':
      return { steps: [{ do: 'remove-copy', native: decision.native }] };
    case 'fail': {
      const failed = fail(situation, decision.problem);
      // Copies that nobody allows can be many, so they are looked at less often than every minute.
      return situation.access?.isAllowed === true ? failed : { ...failed, requeueAtMs: nextCopyLookMs(situation) };
    }
    default:
      return decision satisfies never;
  }
}

export function deleting(situation: Situation): Decision | undefined {
  const { namespace, name, deletionTimestamp } = situation.userSecret.metadata;
  if (deletionTimestamp === undefined) return undefined;
  const message = `the UserSecret is being deleted, and jobs cannot use it any more; ${keptByFinalizer(`usersecret ${name}`, namespace)}`;
  return report(situation, { kind: 'failed', reason: 'Deleting', message, isStalled: false });
}

function heldBack({ isHeldBack, nowMs }: Situation): Decision | undefined {
  return isHeldBack === true ? { requeueAtMs: nowMs + heldBackMs } : undefined;
}

function outOfBytes(situation: Situation): Decision | undefined {
  const { native, heldBackForMs, nowMs } = situation;
  if (heldBackForMs === undefined) return undefined;
  // There is a value already: it is only replaced later.
  if (native !== undefined) return { requeueAtMs: nowMs + heldBackForMs };
  const message =
    'the operator has written as much for this namespace in the last minute as it may; the Secret is written within minutes';
  const problem = { reason: 'TooManyWrites', message, isStalled: false } as const;
  return { ...fail(situation, problem), requeueAtMs: nowMs + heldBackForMs };
}

export function rotation(situation: Situation): Decision | undefined {
  const decision = decideRotation(situation);
  switch (decision?.do) {
    case undefined:
      // Without a hook, a new value is generated and takes effect in one step.
      return situation.userSecret.generate?.rotateHook === undefined ? rotateNow(situation) : undefined;
    case 'wait':
      return undefined;
    case 'switch':
      return write(situation, { cause: 'Rotated', value: 'next', keepsPrevious: true });
    case 'make-next':
    case 'start-run':
    case 'drop-next':
      return { steps: [decision] };
    default:
      return decision satisfies never;
  }
}

function rotateNow(situation: Situation): Decision | undefined {
  const dueMs = nextRotationMs(situation.userSecret, situation.native, situation.latestMs);
  return dueMs !== undefined && dueMs <= situation.nowMs
    ? write(situation, { cause: 'Rotated', value: 'obtained', keepsPrevious: true })
    : undefined;
}

function unmarked(situation: Situation): Decision | undefined {
  const text = missingMark(situation);
  return text === undefined || situation.markWaitMs > 0 ? undefined : { steps: [{ do: 'mark', text }] };
}

/** The record of its generated value that the UserSecret lacks. Undefined also where this reconcile has written it. */
function missingMark({ userSecret, native, isMarked }: Situation): string | undefined {
  if (userSecret.sourceKind !== 'generate' || native === undefined || isMarked === true) return undefined;
  const text = generatedForText(userSecret, native);
  return userSecret.metadata.annotations?.[ANNOTATION_GENERATED_FOR] === text ? undefined : text;
}

function history({
  userSecret,
  native,
  former,
  keep,
  handled = [],
  repairWaitMs,
  latestMs,
}: Situation): Decision | undefined {
  const version = standingVersion(userSecret, native);
  if (version === undefined) return undefined;
  const kept = new Set(keptOf(userSecret, former, { keep, version, latestMs }));
  const changes = former.flatMap((value): readonly FormerChange[] => {
    if (handled.includes(value.name)) return [];
    if (isOfThis(userSecret, value)) {
      if (!kept.has(value)) return [{ do: 'prune', former: value }];
      return value.hasOwner || repairWaitMs > 0 ? [] : [{ do: 'own', former: value }];
    }
    // With its owner reference, it is deleted together with the UserSecret that it was made for.
    return value.hasOwner ? [] : [{ do: keep === 0 ? 'prune' : 'inherit', former: value }];
  });
  return changes.length === 0 ? undefined : { steps: [{ do: 'tidy', changes }] };
}

function valuesFirst(situation: Situation): Decision | undefined {
  return isStatusLater(situation) ? { requeueAtMs: situation.nowMs + statusLaterMs } : undefined;
}

function settled(situation: Situation): Decision {
  const { userSecret, native, currentKeyIds, isPolled, markWaitMs, nowMs, latestMs } = situation;
  const outcome = readyOutcome(userSecret, native, currentKeyIds, latestMs);
  const hook = decideRotation(situation);
  if (hook?.do === 'wait') {
    // The rotation is due already, and waits for the hook.
    const waiting = report(situation, withoutNextRotation(outcome));
    return { ...waiting, requeueAtMs: Math.min(waiting.requeueAtMs ?? Infinity, hook.atMs ?? Infinity) };
  }
  const ready = report(situation, outcome);
  const isMarkContested = markWaitMs > 0 && missingMark(situation) !== undefined;
  const lookMs = Math.min(isPolled === true ? lookAgainMs : Infinity, isMarkContested ? markWaitMs : Infinity);
  const events = isMarkContested ? [markContested(userSecret)] : [];
  return {
    ...ready,
    events: [...(ready.events ?? []), ...events],
    ...(lookMs === Infinity ? {} : { requeueAtMs: Math.min(ready.requeueAtMs ?? Infinity, nowMs + lookMs) }),
  };
}

function markContested({ metadata }: UserSecretView): PlannedEvent {
  const { namespace, name, uid } = metadata;
  const note = `something else takes the annotation ${ANNOTATION_GENERATED_FOR} off whenever the operator puts it on: without it, a restore from a backup generates another value`;
  return {
    regarding: { apiVersion: API_VERSION, kind: 'UserSecret', namespace, name, uid },
    text: { type: 'Warning', reason: 'Contested' satisfies UserSecretReason, action: 'Reconcile', note },
  };
}

function withoutNextRotation(outcome: Outcome): Outcome {
  return outcome.kind === 'ready' ? { ...outcome, nextRotationMs: undefined } : outcome;
}
