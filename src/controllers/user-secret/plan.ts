/**
 * Decides the next step for a UserSecret, and what its status says. Pure; act.ts writes.
 *
 *                        ┌───────── source, type or value differs ─────────┐
 *                        v                                                 │
 *   (missing) ── obtain ── write ──> settled ── rotation due ── obtain ────┘
 *   (taken)   ── refused, until it is free or names the UserSecret that may adopt it
 *   (clash)   ── refused, until the elder UserSecret is gone
 *
 * "Settled" is recognised by hashes on the native Secret, so that a restart opens no sealed value. A generated value exists
 * in the native Secret alone, so it is made again only where nothing else is left: when it is gone or was changed, when its
 * source or the clock says so; never because hashes were lost, a label was taken off, or the key changed.
 */
import {
  ANNOTATION_ADOPT,
  ANNOTATION_GENERATED_FOR,
  ANNOTATION_ORPHAN,
  ANNOTATION_PARTS,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_VERSION,
  CONDITION_READY,
  findCondition,
  isConditionTrue,
  ownValue,
  type UserSecretStatus,
} from '../../api/index.ts';
import { belongsToFormer, controllerOf, isOwnedBy } from '../ownership.ts';
import type { Failing, Plan } from '../reconciler.ts';
import { calledAs, type SecretView, type UserSecretView } from '../views.ts';
import { isOfThis, keptOf, standingVersion, type FormerValue } from './history.ts';
import {
  byAge,
  eldest,
  generatedFor,
  generatedForText,
  isMetadataRight,
  isOfFormer,
  needsReplacement,
  nextRotationMs,
  ownerOf,
  surplusOf,
  wantsFormerValue,
} from './native.ts';
import type { SharedWith } from './sharing.ts';
import {
  copyIn,
  decideCopy,
  heldBackMs,
  isCopyMarked,
  isCopyOutdated,
  nextCopyLookMs,
  type CopyInput,
} from './copies.ts';
import { decideRotation, type RotationInput } from './rotation.ts';
import type { PartsState } from './template.ts';
import { usesDueMs, type Use } from './uses.ts';
import { eventsOf, planStatus, readyOutcome, weightOf, type Copies, type Outcome } from './status.ts';
import type { FormerChange, Obtained, Problem, UserSecretStep, Written, WrittenValue } from './steps.ts';

export interface UserSecretInput extends Failing, Omit<CopyInput, 'native'>, Omit<RotationInput, 'native'> {
  readonly userSecret: UserSecretView;
  /** The native Secret, as the watch of our label shows it. */
  readonly stored: SecretView | undefined;
  /** A Secret without our label has the name, as the watch of all others shows it. */
  readonly isNameTaken: boolean;
  /** Other UserSecrets of the namespace that want the same key or the same native Secret; the eldest of each are enough. */
  readonly rivals: readonly UserSecretView[];
  /** Subjects of active grants over this secret, or over the whole namespace. */
  readonly sharedWith: SharedWith;
  /** Of a template, what is known of its parts. */
  readonly parts?: PartsState | undefined;
  /** No watch tells when its source changes. */
  readonly isPolled?: boolean;
  /** Copies of it in other namespaces. */
  readonly copies: Copies;
  /** Unfinished jobs that name it. */
  readonly usedBy: number;
  /** By jobs that started since the status was written. */
  readonly newUses: readonly Use[];
  /** The number of former values that are kept. */
  readonly keep: number;
  /** Former values that are there, also those that a backup brought back. */
  readonly former: readonly FormerValue[];
  /** Sealing keys that are the newest of their kind. */
  readonly currentKeyIds: readonly string[];
  /** Milliseconds until the same may be written again; above 0 where something keeps changing it back. */
  readonly repairWaitMs: number;
  /** The only copy of a generated value is in this process: a replacement of the native Secret broke off half-way. */
  readonly hasRescued: boolean;
  /** The generated value came back in a Secret of the former UserSecret, which was collected since. */
  readonly hasReturned: boolean;
  /** Whether admission checks who says to have changed a value. */
  readonly areAuthorsChecked: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;

  /** Learned: the object with the native Secret's name, also one of somebody else, and all keys of its data. */
  readonly looked?: { readonly found: SecretView | undefined; readonly keys: readonly string[] };
  /** Learned: the value was obtained, or why it cannot be. act.ts holds the value itself. */
  readonly obtained?: Obtained;
  /** Learned: the bytes of the write were taken from those of the namespace, or when they may be. */
  readonly isClaimed?: boolean;
  readonly heldBackUntilMs?: number;
  /** Learned: the native Secret holds nothing under the key. */
  readonly hasNoStanding?: boolean;
  /** Learned: the API server or an admission policy refused the write. */
  readonly refused?: Problem;
  /** Learned: the UserSecret records its generated value. */
  readonly isMarked?: boolean;
  /** Learned: the version that was kept before the write, and why it could not be. */
  readonly kept?: { readonly version: string; readonly refusal?: string };
  /** Learned: names of former values that were handled in this reconcile, whether or not the API server allowed it. */
  readonly handled?: readonly string[];
  /** Learned: what was written in this reconcile. */
  readonly written?: readonly Written[];
}

export type UserSecretPlan = Plan<UserSecretStep, UserSecretStatus>;
type Decision = Omit<UserSecretPlan, 'rule'>;

interface Situation extends UserSecretInput {
  readonly native: SecretView | undefined;
}
type Rule = (situation: Situation) => Decision | undefined;

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  failing, // A step failed, and has failed for a while: say so. The queue tries again.
  refused, // The API server or an admission policy refused the write.
  copied, // A copy ends with its access, before anything else; and nothing is obtained before it is asked for.
  heldBack, // Too many bytes are being copied for this namespace right now.
  outOfBytes, // It has had as much written again in this minute as it may.
  keyConflict, // One key, one Opaque UserSecret: the eldest keeps it. The type of others fixes their key.
  secretNameConflict, // A native Secret belongs to one UserSecret: the one that has it, else the oldest.
  nameTaken, // Something else has the Secret's name: look first, a try would send the value for nothing.
  lost, // A generated value that was not restored with its UserSecret is waited for, never made again unasked.
  missing, // There is no native Secret.
  restored, // The native Secret of a former UserSecret of this name, from a backup.
  replacing, // It belongs to a former UserSecret of the name; the garbage collector is about to remove it.
  adoption, // Never overwrite what somebody else made, unless it names this UserSecret.
  generatedStands, // The hashes are by another key now; the source did not change since it was settled.
  sourceChanged, // The UserSecret names another source.
  tooManyKeys, // Somebody added more keys than a view keeps, so the view says nothing of the value.
  valueDrift, // Somebody changed the value in place.
  formDrift, // The value is right, but the Secret is of another type, or immutable.
  rotation, // The time has come, or the owner asked for it by the annotation.
  metadataDrift, // The value is right, but labels, owner or keys are not.
  copyOutdated, // The secret that is copied has another value.
  partsChanged, // A part of the template has another value, or cannot be used any more.
  reference, // The value of another Secret or of a ConfigMap has to be looked at: only that tells whether it changed.
  unmarked, // The UserSecret does not record yet that a value was generated for it.
  history, // Former values are too many, or do not belong to this UserSecret yet.
  settled, // Nothing differs.
];

/** What has the native Secret's name, as far as is known. */
export function nativeOf({ stored, looked }: UserSecretInput): SecretView | undefined {
  return stored ?? looked?.found;
}

export function planUserSecret(input: UserSecretInput): UserSecretPlan {
  const situation = { ...input, native: nativeOf(input) };
  for (const rule of rules) {
    const decision = rule(situation);
    if (decision !== undefined) return { rule: rule.name, ...decision, ...nextLook(situation, decision) };
  }
  throw new TypeError('no rule decides');
}

/** A copy ends to the second, so its end is never behind other timers. */
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

function refused(situation: Situation): Decision | undefined {
  return situation.refused === undefined ? undefined : fail(situation, situation.refused);
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
    case 'wait':
      return {};
    case 'fail': {
      const failed = fail(situation, decision.problem);
      // Many that nobody grants are looked at less often than each minute.
      return situation.access?.isAllowed === true ? failed : { ...failed, requeueAtMs: nextCopyLookMs(situation) };
    }
    default:
      return decision satisfies never;
  }
}

function heldBack({ isHeldBack, nowMs }: Situation): Decision | undefined {
  return isHeldBack === true ? { requeueAtMs: nowMs + heldBackMs } : undefined;
}

function outOfBytes(situation: Situation): Decision | undefined {
  const { native, heldBackUntilMs } = situation;
  if (heldBackUntilMs === undefined) return undefined;
  // A value that stands is only replaced later.
  if (native !== undefined) return { requeueAtMs: heldBackUntilMs };
  const message =
    'the operator has written as much for this namespace in the last minute as it may; the Secret is written within minutes';
  const problem = { reason: 'TooManyWrites', message, isStalled: false } as const;
  return { ...fail(situation, problem), requeueAtMs: heldBackUntilMs };
}

/** Of those that are called alike, the eldest is meant by their URI. A key and the name of a typed one can be alike too. */
function keyConflict(situation: Situation): Decision | undefined {
  const { userSecret, rivals } = situation;
  const called = calledAs(userSecret);
  const holder = eldest(rivals.filter((rival) => calledAs(rival) === called && isElder(rival, userSecret)));
  if (holder === undefined) return undefined;
  return fail(situation, { reason: 'KeyConflict', message: keyConflictMessage(userSecret, holder) });
}

function keyConflictMessage({ type, key, metadata }: UserSecretView, holder: UserSecretView): string {
  const elder = `UserSecret '${holder.metadata.name}', which is older`;
  if (type !== 'Opaque')
    return `the name '${metadata.name}' is the key of ${elder}, and 'secret:${metadata.name}' must mean one secret: choose another name or delete one of them`;
  if (holder.type !== 'Opaque')
    return `the key '${key}' is the name of ${elder}, and 'secret:${key}' must mean one secret: choose another key or delete one of them`;
  return `the key '${key}' belongs to ${elder}: choose another key or delete one of them`;
}

function secretNameConflict(situation: Situation): Decision | undefined {
  const { userSecret, native, rivals } = situation;
  if (native !== undefined && isOwnedBy(native.metadata, userSecret.metadata.uid)) return undefined;
  const holder = eldest(
    rivals.filter((rival) => rival.secretName === userSecret.secretName && isElder(rival, userSecret)),
  );
  if (holder === undefined) return undefined;
  const message = `the Secret '${userSecret.secretName}' belongs to UserSecret '${holder.metadata.name}', which is older: set another spec.secretName`;
  return fail(situation, { reason: 'Conflict', message });
}

function nameTaken({ userSecret, stored, looked, isNameTaken }: Situation): Decision | undefined {
  const wasTaken = findCondition(userSecret.status.conditions, CONDITION_READY)?.reason === 'Conflict';
  if (stored !== undefined || looked !== undefined || !(isNameTaken || wasTaken)) return undefined;
  return { steps: [{ do: 'look' }] };
}

function lost(situation: Situation): Decision | undefined {
  const { userSecret, native, hasRescued, hasReturned } = situation;
  const { secretName, sourceKind, metadata } = userSecret;
  if (native !== undefined || sourceKind !== 'generate' || hasRescued || hasReturned) return undefined;
  if (!wantsFormerValue(userSecret)) return undefined;
  const message = `a value was generated before this UserSecret was restored, and the Secret '${secretName}' with it is not here: restore it from the backup, or have a new value made: kubectl annotate usersecret ${metadata.name} -n ${metadata.namespace} ${ANNOTATION_GENERATED_FOR}-`;
  return fail(situation, { reason: 'ValueLost', message });
}

function missing(situation: Situation): Decision | undefined {
  const { userSecret, native, hasRescued, hasReturned } = situation;
  if (native !== undefined) return undefined;
  if (hasRescued) return write(situation, { cause: 'Missing', value: 'rescued' });
  if (hasReturned) return write(situation, { cause: 'Restored', value: 'returned' });
  const isAfterLoss = userSecret.sourceKind === 'generate' && generatedFor(userSecret)?.uid === userSecret.metadata.uid;
  return write(situation, { cause: 'Missing', value: 'obtained', isAfterLoss });
}

function restored(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (native === undefined || native.metadata.deletionTimestamp !== undefined) return undefined;
  if (!isOfFormer(userSecret, native)) return undefined;
  const isGenerated = userSecret.sourceKind === 'generate';
  const isSaid = isGenerated && generatedFor(userSecret)?.uid === native.ownerUid;
  // With its owner reference it goes along with its UserSecret, and with the policy Orphan it was left on purpose.
  const isLeft = native.metadata.annotations?.[ANNOTATION_ORPHAN] !== undefined;
  if (!isSaid && (isLeft || controllerOf(native.metadata) !== undefined)) return undefined;
  return write(situation, { cause: 'Restored', value: isGenerated ? 'standing' : 'obtained' });
}

function replacing(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  const isGoing =
    native !== undefined &&
    (native.metadata.deletionTimestamp !== undefined || belongsToFormer(native.metadata, ownerOf(userSecret)));
  if (!isGoing) return undefined;
  const message = `the Secret '${userSecret.secretName}' of a former UserSecret is being removed; it is made again right after`;
  return fail(situation, { reason: 'Replacing', message, isStalled: false });
}

function adoption(situation: Situation): Decision | undefined {
  const { userSecret, native, looked } = situation;
  const { name, namespace, uid } = userSecret.metadata;
  if (native === undefined || isOwnedBy(native.metadata, uid)) return undefined;
  const { secretName } = userSecret;
  const holder = controllerOf(native.metadata);
  if (holder !== undefined) {
    const message = `the Secret '${secretName}' exists and is kept by ${holder.kind} '${holder.name}': delete that, or set another spec.secretName`;
    return fail(situation, { reason: 'Conflict', message });
  }
  if (native.metadata.annotations?.[ANNOTATION_ADOPT] !== name) {
    const message = `the Secret '${secretName}' exists and is not ours: delete it, set another spec.secretName, or let this UserSecret take it over: kubectl annotate secret ${secretName} -n ${namespace} --overwrite ${ANNOTATION_ADOPT}=${name}`;
    return fail(situation, { reason: 'Conflict', message });
  }
  if (looked?.found?.metadata.resourceVersion !== native.metadata.resourceVersion) return { steps: [{ do: 'look' }] };
  const surplus = surplusOf(userSecret, looked.keys);
  if (surplus.length > 0) {
    const message = `the Secret '${secretName}' cannot be taken over, because a UserSecret keeps one key and would remove ${listed(surplus)}: move them to another Secret, or set another spec.secretName`;
    return fail(situation, { reason: 'Conflict', message });
  }
  // A generated secret that adopts keeps the existing value, and rotates it from now on.
  return write(situation, { cause: 'Adopted', value: userSecret.sourceKind === 'generate' ? 'standing' : 'obtained' });
}

/** Names in a sentence; of many the first. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `'${name}'`);
  return names.length > shown.length
    ? `${shown.join(', ')} and ${String(names.length - shown.length)} more`
    : shown.join(', ');
}

function generatedStands(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (userSecret.sourceKind !== 'generate' || native === undefined) return undefined;
  if (ownValue(native.versions, userSecret.key) === undefined || !wasSettled(userSecret)) return undefined;
  return native.metadata.annotations?.[ANNOTATION_SOURCE_HASH] === userSecret.sourceHash
    ? undefined
    : write(situation, { cause: 'Metadata', value: 'standing' });
}

function sourceChanged(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (native?.metadata.annotations?.[ANNOTATION_SOURCE_HASH] === userSecret.sourceHash) return undefined;
  const keepsPrevious = userSecret.sourceKind === 'generate';
  return write(situation, { cause: 'SourceChanged', value: 'obtained', keepsPrevious });
}

function tooManyKeys(situation: Situation): Decision | undefined {
  return situation.native?.hasMoreKeys === true ? write(situation, { cause: 'Drift', value: 'standing' }) : undefined;
}

function valueDrift(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  const version = native?.metadata.annotations?.[ANNOTATION_VERSION];
  return ownValue(native?.versions, userSecret.key) === version
    ? undefined
    : write(situation, { cause: 'Drift', value: 'obtained' });
}

function formDrift(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  return native !== undefined && needsReplacement(userSecret, native)
    ? write(situation, { cause: 'Drift', value: 'standing' })
    : undefined;
}

function rotation(situation: Situation): Decision | undefined {
  const decision = decideRotation(situation);
  switch (decision?.do) {
    case undefined:
      // Without a hook the value is made and put in force in one step.
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
  const dueMs = nextRotationMs(situation.userSecret, situation.native);
  return dueMs !== undefined && dueMs <= situation.nowMs
    ? write(situation, { cause: 'Rotated', value: 'obtained', keepsPrevious: true })
    : undefined;
}

function metadataDrift(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  return native !== undefined && isMetadataRight(userSecret, native) && isCopyMarked(situation)
    ? undefined
    : write(situation, { cause: 'Metadata', value: 'none' });
}

function copyOutdated(situation: Situation): Decision | undefined {
  return situation.userSecret.sharedFrom !== undefined && isCopyOutdated(situation)
    ? write(situation, { cause: 'SourceChanged', value: 'obtained' })
    : undefined;
}

function partsChanged(situation: Situation): Decision | undefined {
  const { native, parts } = situation;
  if (parts === undefined) return undefined;
  if (parts.problem !== undefined) return fail(situation, parts.problem);
  return native?.metadata.annotations?.[ANNOTATION_PARTS] === parts.hash
    ? undefined
    : write(situation, { cause: 'SourceChanged', value: 'obtained' });
}

function reference(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (userSecret.sourceKind !== 'secretKeyRef' && userSecret.sourceKind !== 'configMapKeyRef') return undefined;
  const obtained = obtainedNow(situation);
  if (obtained === undefined) return { steps: [{ do: 'obtain' }] };
  if (obtained.problem !== undefined) return fail(situation, obtained.problem);
  return obtained.version === ownValue(native?.versions, userSecret.key)
    ? undefined
    : write(situation, { cause: 'SourceChanged', value: 'obtained' });
}

function unmarked({ userSecret, native, isMarked }: Situation): Decision | undefined {
  if (userSecret.sourceKind !== 'generate' || native === undefined || isMarked === true) return undefined;
  const text = generatedForText(userSecret, native);
  return userSecret.metadata.annotations?.[ANNOTATION_GENERATED_FOR] === text
    ? undefined
    : { steps: [{ do: 'mark', text }] };
}

function history({ userSecret, native, former, keep, handled = [], repairWaitMs }: Situation): Decision | undefined {
  const version = standingVersion(userSecret, native);
  if (version === undefined) return undefined;
  const kept = new Set(keptOf(userSecret, former, { keep, version }));
  const changes = former.flatMap((value): readonly FormerChange[] => {
    if (handled.includes(value.name)) return [];
    if (isOfThis(userSecret, value)) {
      if (!kept.has(value)) return [{ do: 'prune', former: value }];
      return value.hasOwner || repairWaitMs > 0 ? [] : [{ do: 'own', former: value }];
    }
    // With its owner reference it goes along with the UserSecret that it was made for.
    return value.hasOwner ? [] : [{ do: keep === 0 ? 'prune' : 'inherit', former: value }];
  });
  return changes.length === 0 ? undefined : { steps: [{ do: 'tidy', changes }] };
}

function settled(situation: Situation): Decision {
  const { userSecret, native, currentKeyIds, isPolled, nowMs } = situation;
  const outcome = readyOutcome(userSecret, native, currentKeyIds);
  const hook = decideRotation(situation);
  if (hook?.do === 'wait') {
    // It is due already; what it waits for is the hook.
    const waiting = report(situation, withoutNextRotation(outcome));
    return { ...waiting, requeueAtMs: Math.min(waiting.requeueAtMs ?? Infinity, hook.atMs ?? Infinity) };
  }
  const ready = report(situation, outcome);
  if (isPolled !== true) return ready;
  return { ...ready, requeueAtMs: Math.min(ready.requeueAtMs ?? Infinity, nowMs + lookAgainMs) };
}

function withoutNextRotation(outcome: Outcome): Outcome {
  return outcome.kind === 'ready' ? { ...outcome, nextRotationMs: undefined } : outcome;
}

/** The next step to that write: the value comes first. Something that undoes each write is not written against without end. */
function write(
  situation: Situation,
  { cause, value, isAfterLoss = false, keepsPrevious = false }: Written & { readonly keepsPrevious?: boolean },
): Decision {
  const { userSecret, native, hasNoStanding, isClaimed } = situation;
  if (isContested(situation, value)) return contested(situation);
  const step = {
    do:
      native === undefined ? 'create' : needsReplacement(userSecret, native) && value !== 'none' ? 'replace' : 'patch',
    cause,
    value: value === 'standing' && hasNoStanding === true ? 'obtained' : value,
    isAfterLoss,
    keepsPrevious,
  } as const;
  const obtained = step.value === 'next' ? nextObtained(situation) : obtainedNow(situation);
  if (step.value === 'obtained') {
    if (obtained === undefined) return { steps: [{ do: 'obtain' }] };
    if (obtained.problem !== undefined) return fail(situation, obtained.problem);
  }
  if (isClaimed !== true && isWrittenAgain(userSecret, step.value))
    return { steps: [{ do: 'claim', bytes: bytesOf(situation, obtained) }] };
  if ((step.value !== 'obtained' && step.value !== 'next') || obtained === undefined) return { steps: [step] };
  const former = versionToKeep(situation, obtained);
  return { steps: [former === undefined ? step : { do: 'keep', version: former }] };
}

/** Sources whose value, or as many bytes, stand in the UserSecret itself. Of others a small object has a large native Secret. */
const ownValues: readonly string[] = ['sealed', 'value', 'valueBase64', 'generate'];

/** What nobody wrote anew: somebody took away or changed what stood, time has passed, or the value is from another object. */
function isWrittenAgain({ status, metadata, sourceKind }: UserSecretView, value: WrittenValue): boolean {
  // The only copy of the value is in this process.
  if (value === 'rescued' || value === 'returned') return false;
  const isOwn = sourceKind !== undefined && ownValues.includes(sourceKind);
  return !isOwn || status.observedGeneration === metadata.generation;
}

/** Of the former value that is kept, the native Secret, and the status and the annotation, which write the UserSecret again. */
function bytesOf({ userSecret, native }: Situation, obtained: Obtained | undefined): number {
  const writesOfUserSecret = userSecret.sourceKind === 'generate' ? 2 : 1;
  return (native?.dataBytes ?? 0) + (obtained?.bytes ?? 0) + writesOfUserSecret * userSecret.bytes;
}

/** The version in force, where another takes its place and it is not kept yet. */
function versionToKeep(
  { userSecret, native, keep, former, kept }: Situation,
  { version: next }: Obtained,
): string | undefined {
  const version = standingVersion(userSecret, native);
  if (version === undefined || version === next || version === kept?.version || keep === 0) return undefined;
  // A former value of somebody else's secret would outlast the access.
  if (copyIn(userSecret, native) !== undefined) return undefined;
  const isKept = former.some((value) => isOfThis(userSecret, value) && value.record.version === version);
  return isKept ? undefined : version;
}

/** Something undid what was written, in this reconcile or too often before. */
function isContested({ written = [], repairWaitMs }: Situation, value: WrittenValue): boolean {
  return repairWaitMs > 0 || written.some((former) => former.value !== 'none' || value === 'none');
}

function contested(situation: Situation): Decision {
  const { secretName, metadata } = situation.userSecret;
  const message = `something else changes the Secret '${secretName}' whenever it is put back, such as an admission policy or another controller: it is put back again after a minute; 'kubectl get secret ${secretName} -n ${metadata.namespace} -o yaml --show-managed-fields' tells who writes`;
  return fail(situation, { reason: 'Contested', message, isStalled: false });
}

/** The value that the hook has prepared for, as if it had just been obtained. */
function nextObtained({ userSecret, next }: Situation): Obtained | undefined {
  return next === undefined
    ? undefined
    : { sourceHash: userSecret.sourceHash, version: next.version, bytes: next.native.dataBytes };
}

/** What was obtained, unless the UserSecret names another source by now. */
function obtainedNow({ userSecret, obtained }: Situation): Obtained | undefined {
  return obtained?.sourceHash === userSecret.sourceHash ? obtained : undefined;
}

/** How often a waiting reference, an unknown sealing key or a taken name is looked at again without a watch saying so. */
const lookAgainMs = 60_000;
/** The garbage collector takes some moments. */
const replacingMs = 1_000;
/** Only another source or another sealing key helps, and either wakes it. Each try would cost all keys for nothing. */
const finalReasons: readonly string[] = ['CannotOpen', 'Malformed', 'ValueInvalid'];

function fail(situation: Situation, { reason, message, isStalled = true }: Problem): Decision {
  const retryMs = reason === 'Replacing' ? replacingMs : lookAgainMs;
  return {
    ...report(situation, { kind: 'failed', reason, message, isStalled }),
    ...(finalReasons.includes(reason) ? {} : { requeueAtMs: situation.nowMs + retryMs }),
  };
}

/** At rest: the status, events for what is new in it and for what was written, and when a generated value is due. */
function report(situation: Situation, outcome: Outcome): Decision {
  const { userSecret, native, former, keep, kept, written, newUses, nowMs } = situation;
  const formerValues = keptOf(userSecret, former, { keep, version: standingVersion(userSecret, native) });
  const status = planStatus({ ...situation, rotation: rotationOf(situation), outcome, formerValues });
  const statusWeight = weightOf(userSecret.status, status);
  const events = eventsOf(userSecret, status, { written, refusal: kept?.refusal });
  const dueMs = [
    outcome.kind === 'ready' ? outcome.nextRotationMs : undefined,
    usesDueMs(userSecret.status, newUses, nowMs),
  ].filter((ms) => ms !== undefined);
  return { status, statusWeight, events, ...(dueMs.length === 0 ? {} : { requeueAtMs: Math.min(...dueMs) }) };
}

/** What is reported of a rotation that waits; one that is only held up is reported as before. */
function rotationOf(situation: Situation): UserSecretStatus['rotation'] {
  const decision = decideRotation(situation);
  if (decision?.do === 'wait') return decision.rotation;
  return decision === undefined ? undefined : situation.userSecret.status.rotation;
}

function wasSettled({ status, metadata }: UserSecretView): boolean {
  return status.observedGeneration === metadata.generation && isConditionTrue(status.conditions, CONDITION_READY);
}

function isElder(rival: UserSecretView, userSecret: UserSecretView): boolean {
  if (rival.metadata.uid === userSecret.metadata.uid || rival.metadata.deletionTimestamp !== undefined) return false;
  return byAge(rival, userSecret) < 0;
}
