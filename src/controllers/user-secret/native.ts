/** What the native Secret of a UserSecret must look like, and when its generated value is due. Pure. */
import {
  ANNOTATION_GENERATED_AT,
  ANNOTATION_GENERATED_FOR,
  ANNOTATION_ORPHAN,
  ANNOTATION_OWNER_UID,
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATED_FOR,
  ANNOTATION_SECRET_METADATA,
  ANNOTATION_VERSION,
  LABEL_MANAGED_BY,
  LABEL_USER_SECRET,
  MANAGED_BY,
  ownValue,
  parseDurationSeconds,
  parseTimeMs,
} from '../../api/index.ts';
import { belongsToFormer, controllerUid, labelValue, refersTo, type Owner } from '../ownership.ts';
import { recordOf } from '../secret-metadata.ts';
import type { SecretView } from '../secret-view.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import { pairKeys } from './tls-pair.ts';

/** Kubernetes' limit for a key of a Secret's data. */
export const longestDataKey = 253;

/** Keys of the native Secret's data that are ours beside the value itself. */
export function companionKeys(userSecret: Pick<UserSecretView, 'key' | 'sourceKind' | 'generate'>): readonly string[] {
  if (userSecret.sourceKind !== 'generate') return [];
  const companions = [`${userSecret.key}.previous`];
  if (userSecret.generate?.type === 'Ed25519')
    companions.push(`${userSecret.key}.pub`, `${userSecret.key}.pub.previous`);
  return companions.filter((key) => key.length <= longestDataKey);
}

/** The keys of a native Secret's data that do not belong there. */
export function surplusOf(userSecret: UserSecretView, keys: readonly string[]): readonly string[] {
  const allowed = [userSecret.key, ...companionKeys(userSecret), ...pairKeys(userSecret)];
  return keys.filter((key) => !allowed.includes(key));
}

export function labelsFor(userSecret: UserSecretView): Readonly<Record<string, string>> {
  return { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_USER_SECRET]: labelValue(userSecret.metadata.name) };
}

export function ownerOf(userSecret: UserSecretView): Owner {
  return { kind: 'UserSecret', name: userSecret.metadata.name, uid: userSecret.metadata.uid };
}

/** Neither the type nor an immutable Secret can be changed in place. */
export function needsReplacement(userSecret: UserSecretView, native: SecretView): boolean {
  return native.type !== userSecret.type || native.immutable || native.hasMoreKeys;
}

/** Whether labels, owner and keys are right; the value is another matter. */
export function isMetadataRight(userSecret: UserSecretView, native: SecretView): boolean {
  const { labels = {}, annotations = {}, ownerReferences = [] } = native.metadata;
  const wantsOwner = userSecret.deletionPolicy === 'Delete';
  const ofOwner = ownerReferences.filter((reference) => reference.uid === userSecret.metadata.uid);
  const isOwnerRight =
    ofOwner.length === Number(wantsOwner) && ofOwner.every((reference) => refersTo(reference, ownerOf(userSecret)));
  return (
    Object.entries(labelsFor(userSecret)).every(([name, value]) => labels[name] === value) &&
    annotations[ANNOTATION_OWNER_UID] === userSecret.metadata.uid &&
    isOwnerRight &&
    (annotations[ANNOTATION_ORPHAN] !== undefined) === !wantsOwner &&
    isOwnMetadataRight(userSecret, native) &&
    surplusOf(userSecret, Object.keys(native.versions)).length === 0
  );
}

function isOwnMetadataRight({ secretMetadata, secretMetadataHash }: UserSecretView, native: SecretView): boolean {
  const record = recordOf(secretMetadata);
  if (native.metadata.annotations?.[ANNOTATION_SECRET_METADATA] !== record) return false;
  return record === undefined || native.ownMetadataHash === secretMetadataHash;
}

/** When a generated value is to be made again, in epoch milliseconds; undefined: never. In the past when it was asked for, or is overdue. */
export function nextRotationMs(
  userSecret: UserSecretView,
  native: SecretView | undefined,
  latestMs: number,
): number | undefined {
  if (userSecret.generate === undefined || native === undefined) return undefined;
  const annotations = native.metadata.annotations ?? {};
  const asked = userSecret.metadata.annotations?.[ANNOTATION_ROTATE];
  if (asked !== undefined && asked !== annotations[ANNOTATION_ROTATED_FOR]) return 0;
  const { rotateEvery } = userSecret.generate;
  const generatedMs = parseTimeMs(annotations[ANNOTATION_GENERATED_AT]);
  if (rotateEvery === undefined || generatedMs === undefined) return undefined;
  const everyMs = Math.max(shortestRotationSeconds, parseDurationSeconds(rotateEvery)) * 1000;
  // Made by a clock that was far ahead: the value would stay until then.
  return generatedMs - latestMs > everyMs ? 0 : generatedMs + everyMs;
}

/** What the UserSecret records of its generated value; undefined where it records none. */
export function generatedFor({
  metadata,
}: UserSecretView): { readonly uid: string; readonly rotatedFor: string } | undefined {
  const text = metadata.annotations?.[ANNOTATION_GENERATED_FOR];
  if (text === undefined) return undefined;
  const [uid = ''] = text.split(' ', 1);
  return { uid, rotatedFor: text.slice(uid.length + 1) };
}

/** The record that the UserSecret is to have once its native Secret is in order. */
export function generatedForText({ metadata }: UserSecretView, native: SecretView): string {
  return `${metadata.uid} ${shortened(native.metadata.annotations?.[ANNOTATION_ROTATED_FOR])}`.trim();
}

/** Whether nobody has asked for another value since the recorded one was made. */
export function wantsFormerValue(userSecret: UserSecretView): boolean {
  const former = generatedFor(userSecret);
  const asked = shortened(userSecret.metadata.annotations?.[ANNOTATION_ROTATE]);
  return former !== undefined && former.uid !== userSecret.metadata.uid && former.rotatedFor === asked;
}

/** Characters of a request to rotate that are recorded. */
const longestRequest = 253;

export function shortened(text = ''): string {
  return text.slice(0, longestRequest).trim();
}

/**
 * Whether the operator made the Secret for a former UserSecret of this name. Only the operator can make the version: it is a keyed hash
 * of that UserSecret's UID and the value, so labels and annotations that somebody wrote on another Secret prove nothing.
 */
export function isOfFormer(userSecret: UserSecretView, native: SecretView): boolean {
  const { labels = {}, annotations = {} } = native.metadata;
  const { [ANNOTATION_OWNER_UID]: formerUid, [ANNOTATION_VERSION]: version } = annotations;
  const hasLabels = Object.entries(labelsFor(userSecret)).every(([name, value]) => labels[name] === value);
  const isFree = controllerUid(native.metadata) === undefined || belongsToFormer(native.metadata, ownerOf(userSecret));
  return (
    hasLabels &&
    isFree &&
    version !== undefined &&
    formerUid === native.ownerUid &&
    formerUid !== userSecret.metadata.uid &&
    ownValue(native.versions, userSecret.key) === version
  );
}

/** The CRD refuses less; objects from before that rule count as one minute. */
const shortestRotationSeconds = 60;
