/** The steps to a write of the native Secret: its value, the bytes of the namespace, the former value, the write. Pure. */
import type { UserSecretView } from '../user-secret-view.ts';
import { copyIn } from './copies.ts';
import { isOfBefore, isOfThis, standingVersion } from './history.ts';
import type { Decision, Situation } from './input.ts';
import { needsReplacement } from './native.ts';
import { desiredText } from './desired-text.ts';
import { fail } from './report.ts';
import { eventsOf } from './status.ts';
import type { Obtained, Written, WrittenValue } from './steps.ts';

/** The next step to that write: the value comes first. Something that undoes each write is not written against without end. */
export function write(
  situation: Situation,
  { cause, value, isAfterLoss = false, keepsPrevious = false }: Written & { readonly keepsPrevious?: boolean },
): Decision {
  const { userSecret, native, hasNoStanding, isClaimed } = situation;
  if (isSuperseded(situation)) return superseded(situation);
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
    return { steps: [{ do: 'claim', bytes: bytesOf(situation, obtained, step.do === 'replace') }] };
  if ((step.value !== 'obtained' && step.value !== 'next') || obtained === undefined) return { steps: [step] };
  const former = versionToKeep(situation, obtained);
  return { steps: [former === undefined ? step : { do: 'keep', version: former }] };
}

/** Sources whose value, or as many bytes, stand in the UserSecret itself. Of others a small object has a large native Secret. */
const ownValues: readonly string[] = ['sealed', 'value', 'valueBase64', 'generate'];

/** Whether the spec did not ask for this write: the Secret was changed or deleted, a rotation is due, or the value comes from another object. */
function isWrittenAgain({ status, metadata, sourceKind }: UserSecretView, value: WrittenValue): boolean {
  // The only copy of the value is in this process, or was kept for a moment.
  if (value === 'replacement' || value === 'returned') return false;
  const isOwn = sourceKind !== undefined && ownValues.includes(sourceKind);
  return !isOwn || status.observedGeneration === metadata.generation;
}

/**
 * Of the former value that is kept, the native Secret, the one that has its value while it is replaced, and the status and the annotation,
 * which write the UserSecret again.
 */
function bytesOf({ userSecret, native }: Situation, obtained: Obtained | undefined, isReplaced: boolean): number {
  const writesOfUserSecret = userSecret.sourceKind === 'generate' ? 2 : 1;
  const standing = native?.dataBytes ?? 0;
  const beside = isReplaced && userSecret.sharedFrom === undefined ? (obtained?.bytes ?? standing) : 0;
  return standing + (obtained?.bytes ?? 0) + beside + writesOfUserSecret * userSecret.bytes;
}

/** The version in force, where another takes its place and it is not kept yet. */
function versionToKeep(
  { userSecret, native, keep, former, kept, latestMs }: Situation,
  { version: next }: Obtained,
): string | undefined {
  const version = standingVersion(userSecret, native);
  if (version === undefined || version === next || version === kept?.version || keep === 0) return undefined;
  // A former value of somebody else's secret would outlast the access.
  if (copyIn(userSecret, native) !== undefined) return undefined;
  const isKept = former.some(
    (value) =>
      isOfThis(userSecret, value) &&
      value.record.version === version &&
      !isOfBefore(value.record, userSecret.status, latestMs),
  );
  return isKept ? undefined : version;
}

/** True where the owner has asked for something else since this reconcile wrote: then the difference is no sign that somebody undid the write. */
function isSuperseded({ userSecret, copied, parts, written = [] }: Situation): boolean {
  const desired = desiredText(userSecret, copied, parts);
  return written.some((former) => former.desired !== desired);
}

/**
 * Ends this reconcile without a change of the status, and begins another one at once. Otherwise an owner who keeps changing the secret would hold
 * up a worker.
 */
function superseded({ userSecret, written, nowMs }: Situation): Decision {
  return { events: eventsOf(userSecret, userSecret.status, { written }), requeueAtMs: nowMs, requeueLane: 'change' };
}

/** Something undid what was written, in this reconcile or too often before. */
function isContested({ written = [], repairWaitMs }: Situation, value: WrittenValue): boolean {
  return repairWaitMs > 0 || written.some((former) => former.value === value || !givesWay.includes(former.value));
}

/** After writing one of these, the source may still ask for another value in the same reconcile. */
const givesWay: readonly WrittenValue[] = ['none', 'replacement'];

function contested(situation: Situation): Decision {
  const { secretName, metadata } = situation.userSecret;
  const message = `something else changes the Secret '${secretName}' whenever it is put back, such as an admission policy or another controller: it is put back again with growing pauses; to see who writes it: kubectl get secret ${secretName} -n ${metadata.namespace} -o jsonpath='{.metadata.managedFields}'`;
  const { repairWaitMs, nowMs } = situation;
  const failed = fail(situation, { reason: 'Contested', message, isStalled: false });
  // Where there is no pause to wait for, what this reconcile wrote came back changed. Another write would, too.
  return repairWaitMs > 0 ? { ...failed, requeueAtMs: nowMs + repairWaitMs } : failed;
}

/** The value that the hook has prepared for, as if it had just been obtained. */
function nextObtained({ userSecret, next }: Situation): Obtained | undefined {
  return next === undefined
    ? undefined
    : { sourceHash: userSecret.sourceHash, version: next.version, bytes: next.native.dataBytes };
}

/** The value that was obtained, unless the UserSecret names another source by now. */
export function obtainedNow({ userSecret, obtained }: Situation): Obtained | undefined {
  return obtained?.sourceHash === userSecret.sourceHash ? obtained : undefined;
}
