/** Rules about a native Secret that is not there, or is of a former UserSecret of the name. Pure. */
import { ANNOTATION_GENERATED_FOR, ANNOTATION_ORPHAN } from '../../api/index.ts';
import { belongsToFormer, controllerOf, isOwnedBy, keptByFinalizer } from '../ownership.ts';
import type { Decision, Situation } from './input.ts';
import { generatedFor, isOfFormer, needsReplacement, ownerOf, wantsFormerValue } from './native.ts';
import { fail } from './report.ts';
import { obtainedNow, write } from './write.ts';

export function lost(situation: Situation): Decision | undefined {
  const { userSecret, native, replacement, hasReturned } = situation;
  const { secretName, sourceKind, metadata } = userSecret;
  if (native !== undefined || sourceKind !== 'generate' || replacement !== undefined || hasReturned) return undefined;
  if (!wantsFormerValue(userSecret)) return undefined;
  const message = `a value was generated before this UserSecret was restored, and the Secret '${secretName}' with it is not here: restore it from the backup, or have a new value made: kubectl annotate usersecret ${metadata.name} -n ${metadata.namespace} ${ANNOTATION_GENERATED_FOR}-`;
  return fail(situation, { reason: 'ValueLost', message });
}

export function missing(situation: Situation): Decision | undefined {
  const { userSecret, native, hasReturned } = situation;
  if (native !== undefined) return undefined;
  if (takesKept(situation)) return write(situation, { cause: 'Missing', value: 'replacement' });
  if (hasReturned) return write(situation, { cause: 'Restored', value: 'returned' });
  const isAfterLoss = userSecret.sourceKind === 'generate' && generatedFor(userSecret)?.uid === userSecret.metadata.uid;
  return write(situation, { cause: 'Missing', value: 'obtained', isAfterLoss });
}

/** A generated value is nowhere else. Any other is of the source of now, unless that has none. */
function takesKept(situation: Situation): boolean {
  const { userSecret, replacement } = situation;
  if (replacement === undefined) return false;
  if (userSecret.sourceKind === 'generate' || replacement.sourceHash === userSecret.sourceHash) return true;
  return obtainedNow(situation)?.problem !== undefined;
}

/** Deletes the Secret that was kept as a replacement, once the native Secret stands again, with whichever value. */
export function replaced({ userSecret, native, replacement, handled = [] }: Situation): Decision | undefined {
  if (native === undefined || replacement === undefined || handled.includes(replacement.native.metadata.name))
    return undefined;
  const isOurs = isOwnedBy(native.metadata, userSecret.metadata.uid);
  if (!isOurs || native.metadata.deletionTimestamp !== undefined) return undefined;
  // The next try needs it, where the API server refuses to delete the native Secret.
  if (needsReplacement(userSecret, native)) return undefined;
  return { steps: [{ do: 'drop-replacement', replacement, native }] };
}

export function restored(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (native === undefined || native.metadata.deletionTimestamp !== undefined) return undefined;
  if (!isOfFormer(userSecret, native)) return undefined;
  const isGenerated = userSecret.sourceKind === 'generate';
  const isSaid = isGenerated && generatedFor(userSecret)?.uid === native.ownerUid;
  // With its owner reference it is deleted together with its UserSecret, and with the policy Orphan it was kept on purpose.
  const isLeft = native.metadata.annotations?.[ANNOTATION_ORPHAN] !== undefined;
  if (!isSaid && (isLeft || controllerOf(native.metadata) !== undefined)) return undefined;
  return write(situation, { cause: 'Restored', value: isGenerated ? 'standing' : 'obtained' });
}

export function replacing(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (native === undefined) return undefined;
  const isDeleted = native.metadata.deletionTimestamp !== undefined;
  const isOfOther = belongsToFormer(native.metadata, ownerOf(userSecret));
  if (!isDeleted && !isOfOther) return undefined;
  const { secretName, metadata } = userSecret;
  const whose = isOfOther ? ' of a former UserSecret' : '';
  const message = `the Secret '${secretName}'${whose} is being deleted, and is created again as soon as it is gone; ${keptByFinalizer(`secret ${secretName}`, metadata.namespace)}`;
  return fail(situation, { reason: 'Replacing', message, isStalled: false });
}
