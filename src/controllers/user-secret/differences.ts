/** Rules about a native Secret that differs from what its UserSecret says. Pure. */
import {
  ANNOTATION_PARTS,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_VERSION,
  CONDITION_READY,
  isConditionTrue,
  ownValue,
} from '../../api/index.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import { isCopyMarked, isCopyOutdated } from './copies.ts';
import type { Decision, Situation } from './input.ts';
import { isMetadataRight, needsReplacement } from './native.ts';
import { fail } from './report.ts';
import { obtainedNow, write } from './write.ts';

export function generatedStands(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (userSecret.sourceKind !== 'generate' || native === undefined) return undefined;
  if (ownValue(native.versions, userSecret.key) === undefined || !wasSettled(userSecret)) return undefined;
  return native.metadata.annotations?.[ANNOTATION_SOURCE_HASH] === userSecret.sourceHash
    ? undefined
    : write(situation, { cause: 'Metadata', value: 'standing' });
}

export function sourceChanged(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (native?.metadata.annotations?.[ANNOTATION_SOURCE_HASH] === userSecret.sourceHash) return undefined;
  const keepsPrevious = userSecret.sourceKind === 'generate';
  return write(situation, { cause: 'SourceChanged', value: 'obtained', keepsPrevious });
}

export function tooManyKeys(situation: Situation): Decision | undefined {
  return situation.native?.hasMoreKeys === true ? write(situation, { cause: 'Drift', value: 'standing' }) : undefined;
}

export function valueDrift(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  const version = native?.metadata.annotations?.[ANNOTATION_VERSION];
  return ownValue(native?.versions, userSecret.key) === version
    ? undefined
    : write(situation, { cause: 'Drift', value: 'obtained' });
}

export function pairDrift(situation: Situation): Decision | undefined {
  return situation.native?.hasBrokenPair === true ? write(situation, { cause: 'Drift', value: 'standing' }) : undefined;
}

export function formDrift(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  return native !== undefined && needsReplacement(userSecret, native)
    ? write(situation, { cause: 'Drift', value: 'standing' })
    : undefined;
}

export function metadataDrift(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  return native !== undefined && isMetadataRight(userSecret, native) && isCopyMarked(situation)
    ? undefined
    : write(situation, { cause: 'Metadata', value: 'none' });
}

export function copyOutdated(situation: Situation): Decision | undefined {
  return situation.userSecret.sharedFrom !== undefined && isCopyOutdated(situation)
    ? write(situation, { cause: 'SourceChanged', value: 'obtained' })
    : undefined;
}

export function partsChanged(situation: Situation): Decision | undefined {
  const { native, parts } = situation;
  if (parts === undefined) return undefined;
  if (parts.problem !== undefined) return fail(situation, parts.problem);
  return native?.metadata.annotations?.[ANNOTATION_PARTS] === parts.hash
    ? undefined
    : write(situation, { cause: 'SourceChanged', value: 'obtained' });
}

export function reference(situation: Situation): Decision | undefined {
  const { userSecret, native } = situation;
  if (userSecret.sourceKind !== 'secretKeyRef' && userSecret.sourceKind !== 'configMapKeyRef') return undefined;
  const obtained = obtainedNow(situation);
  if (obtained === undefined) return { steps: [{ do: 'obtain' }] };
  if (obtained.problem !== undefined) return fail(situation, obtained.problem);
  return obtained.version === ownValue(native?.versions, userSecret.key)
    ? undefined
    : write(situation, { cause: 'SourceChanged', value: 'obtained' });
}

function wasSettled({ status, metadata }: UserSecretView): boolean {
  return status.observedGeneration === metadata.generation && isConditionTrue(status.conditions, CONDITION_READY);
}
