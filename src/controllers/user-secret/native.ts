/** What the native Secret of a UserSecret must look like, and when its generated value is due. Pure. */
import {
  ANNOTATION_GENERATED_AT,
  ANNOTATION_OWNER_UID,
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATED_FOR,
  LABEL_MANAGED_BY,
  LABEL_USER_SECRET,
  MANAGED_BY,
  parseDurationSeconds,
  parseTimeMs,
} from '../../api/index.ts';
import { labelValue, refersTo, type Owner } from '../ownership.ts';
import type { SecretView, UserSecretView } from '../views.ts';

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

/** Those keys of a native Secret's data that do not belong there. */
export function surplusOf(userSecret: UserSecretView, keys: readonly string[]): readonly string[] {
  const allowed = [userSecret.key, ...companionKeys(userSecret)];
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
    surplusOf(userSecret, Object.keys(native.versions)).length === 0
  );
}

/** When a generated value is to be made again, in epoch milliseconds; undefined: never. In the past when it was asked for. */
export function nextRotationMs(userSecret: UserSecretView, native: SecretView | undefined): number | undefined {
  if (userSecret.generate === undefined || native === undefined) return undefined;
  const annotations = native.metadata.annotations ?? {};
  const asked = userSecret.metadata.annotations?.[ANNOTATION_ROTATE];
  if (asked !== undefined && asked !== annotations[ANNOTATION_ROTATED_FOR]) return 0;
  const { rotateEvery } = userSecret.generate;
  const generatedMs = parseTimeMs(annotations[ANNOTATION_GENERATED_AT]);
  if (rotateEvery === undefined || generatedMs === undefined) return undefined;
  return generatedMs + Math.max(shortestRotationSeconds, parseDurationSeconds(rotateEvery)) * 1000;
}

/** The CRD refuses less; objects from before that rule count as one minute. */
const shortestRotationSeconds = 60;
