/**
 * Decides what has to happen to the native Secret of a UserSecret. Pure; the controller does it.
 *
 *                 ┌────────── source, type or value differs ──────────┐
 *                 v                                                   │
 *   (missing) ─ write ──> settled ── rotation due ──> write (rotate) ─┘
 *   (taken)   ─ refuse, until it is free or carries neu.ro/adopt
 *   (clash)   ─ refuse, until the elder UserSecret is gone
 *
 * "Settled" is recognised by hashes that stand on the native Secret, so that a restart opens no sealed value.
 * A generated value exists in the native Secret alone, so it is made again only where nothing else is left: when it is gone or
 * was changed, when its source or the clock says so; never because hashes were lost, a label was taken off, or the key changed.
 */
import {
  ANNOTATION_ADOPT,
  ANNOTATION_GENERATED_AT,
  ANNOTATION_OWNER_UID,
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATED_FOR,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_VERSION,
  CONDITION_READY,
  LABEL_MANAGED_BY,
  LABEL_USER_SECRET,
  MANAGED_BY,
  isConditionTrue,
  parseDurationSeconds,
} from '../../api/index.ts';
import { belongsToFormer, controllerUid, isOwnedBy, refersTo, type Owner } from '../ownership.ts';
import type { SecretView, UserSecretView } from '../views.ts';

export interface UserSecretInput {
  readonly userSecret: UserSecretView;
  /** What has the native Secret's name now, whoever made it; undefined where nothing has. */
  readonly native: SecretView | undefined;
  /** Other UserSecrets of the namespace that want the same key or the same native Secret. */
  readonly rivals: readonly UserSecretView[];
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

export type WriteCause = 'Missing' | 'Adopted' | 'SourceChanged' | 'Drift' | 'Rotated' | 'Metadata';
export type RefusalReason = 'KeyConflict' | 'Conflict' | 'Replacing';

/**
 * `source`: what the UserSecret names. `standing`: what is in the native Secret, under hashes made anew; `source` where nothing is.
 * `none`: no value is touched.
 */
export type WrittenValue = 'source' | 'standing' | 'none';

export type NativePlan =
  | { readonly do: 'nothing' }
  /** The value of a reference has to be looked at: only that tells whether it changed. */
  | { readonly do: 'compare' }
  | { readonly do: 'refuse'; readonly reason: RefusalReason; readonly message: string }
  | {
      readonly do: 'write';
      readonly cause: WriteCause;
      /** `replace` deletes and makes anew: the type and an immutable Secret cannot be changed in place. */
      readonly how: 'create' | 'patch' | 'replace';
      readonly value: WrittenValue;
      /** The value that stands there moves to `<key>.previous`. */
      readonly keepsPrevious: boolean;
    };

type Rule = (input: UserSecretInput) => NativePlan | undefined;

/** The first rule that has an answer decides. */
export const rules: Readonly<Record<string, Rule>> = {
  /** One key, one UserSecret: the elder keeps it. */
  keyConflict: ({ userSecret, rivals }) => {
    const elder = rivals.find((rival) => rival.key === userSecret.key && isElder(rival, userSecret));
    return elder === undefined
      ? undefined
      : refuse(
          'KeyConflict',
          `the key '${userSecret.key}' belongs to UserSecret '${elder.metadata.name}', which is older: choose another key or delete one of them`,
        );
  },
  /** One native Secret, one UserSecret: who has it keeps it, else the elder gets it. */
  secretNameConflict: ({ userSecret, native, rivals }) => {
    if (native !== undefined && isOwnedBy(native.metadata, userSecret.metadata.uid)) return undefined;
    const elder = rivals.find((rival) => rival.secretName === userSecret.secretName && isElder(rival, userSecret));
    return elder === undefined
      ? undefined
      : refuse(
          'Conflict',
          `the Secret '${userSecret.secretName}' belongs to UserSecret '${elder.metadata.name}', which is older: set another spec.secretName`,
        );
  },
  missing: ({ native }) => (native === undefined ? write('Missing', 'create') : undefined),
  /** Its former owner was deleted and made again under the same name; the garbage collector is about to remove it. */
  replacing: ({ userSecret, native }) =>
    native !== undefined &&
    (native.metadata.deletionTimestamp !== undefined || belongsToFormer(native.metadata, ownerOf(userSecret)))
      ? refuse(
          'Replacing',
          `the Secret '${userSecret.secretName}' of a former UserSecret is being removed; it is made again right after`,
        )
      : undefined,
  /** Never overwrite what somebody else made, unless they say so on the object itself. */
  adoption: ({ userSecret, native }) => {
    if (native === undefined || isOwnedBy(native.metadata, userSecret.metadata.uid)) return undefined;
    if (native.metadata.annotations?.[ANNOTATION_ADOPT] === 'true' && controllerUid(native.metadata) === undefined) {
      const adopted = write('Adopted', how(userSecret, native));
      // Who lets a generated secret adopt wants what is there to go on, and to be rotated from now on.
      return userSecret.sourceKind === 'generate' ? { ...adopted, value: 'standing' } : adopted;
    }
    return refuse(
      'Conflict',
      `the Secret '${userSecret.secretName}' exists and is not ours: delete it, set another spec.secretName, or give it the annotation ${ANNOTATION_ADOPT}: "true"`,
    );
  },
  /** The hash of a source that did not change since it was settled: the operator's key, or the annotations, are others now. */
  generatedStands: ({ userSecret, native }) => {
    if (userSecret.sourceKind !== 'generate' || native?.versions[userSecret.key] === undefined) return undefined;
    const { status, metadata } = userSecret;
    const isSettled =
      status.observedGeneration === metadata.generation && isConditionTrue(status.conditions, CONDITION_READY);
    return isSettled && native.metadata.annotations?.[ANNOTATION_SOURCE_HASH] !== userSecret.sourceHash
      ? { ...write('Metadata', how(userSecret, native)), value: 'standing' }
      : undefined;
  },
  sourceChanged: ({ userSecret, native }) =>
    native?.metadata.annotations?.[ANNOTATION_SOURCE_HASH] === userSecret.sourceHash
      ? undefined
      : { ...write('SourceChanged', how(userSecret, native)), keepsPrevious: userSecret.sourceKind === 'generate' },
  /** Somebody added more keys than a view keeps, so the view says nothing of the value. */
  tooManyKeys: ({ native }) =>
    native?.hasMoreKeys === true ? { ...write('Drift', 'replace'), value: 'standing' } : undefined,
  /** Somebody changed the value in place. */
  valueDrift: ({ userSecret, native }) =>
    native === undefined || native.versions[userSecret.key] === native.metadata.annotations?.[ANNOTATION_VERSION]
      ? undefined
      : write('Drift', how(userSecret, native)),
  /** The value is right, but somebody made the Secret of another type, or immutable. */
  formDrift: ({ userSecret, native }) =>
    native !== undefined && needsReplacement(userSecret, native)
      ? { ...write('Drift', 'replace'), value: 'standing' }
      : undefined,
  /** The time has come, or the owner asked for it by the annotation. */
  rotation: (input) => {
    const dueMs = nextRotationMs(input);
    return dueMs !== undefined && dueMs <= input.nowMs
      ? { ...write('Rotated', 'patch'), keepsPrevious: true }
      : undefined;
  },
  /** The value is right, but something around it is not: labels, owner, keys that do not belong. */
  metadataDrift: ({ userSecret, native }) =>
    native !== undefined && isMetadataRight(userSecret, native)
      ? undefined
      : { ...write('Metadata', 'patch'), value: 'none' },
  reference: ({ userSecret }) => (userSecret.sourceKind === 'secretKeyRef' ? { do: 'compare' } : undefined),
};

export function planNative(input: UserSecretInput): NativePlan {
  for (const rule of Object.values(rules)) {
    const plan = rule(input);
    if (plan !== undefined) return plan;
  }
  return { do: 'nothing' };
}

/** When a generated value is to be made again; undefined = never. In the past when it was asked for. */
export function nextRotationMs({
  userSecret,
  native,
}: Pick<UserSecretInput, 'userSecret' | 'native'>): number | undefined {
  if (userSecret.generate === undefined || native === undefined) return undefined;
  const annotations = native.metadata.annotations ?? {};
  const asked = userSecret.metadata.annotations?.[ANNOTATION_ROTATE];
  if (asked !== undefined && asked !== annotations[ANNOTATION_ROTATED_FOR]) return 0;
  const { rotateEvery } = userSecret.generate;
  const generatedMs = parseTimeMs(annotations[ANNOTATION_GENERATED_AT]);
  if (rotateEvery === undefined || generatedMs === undefined) return undefined;
  return generatedMs + parseDurationSeconds(rotateEvery) * 1000;
}

/** Keys of the native Secret's data that are ours beside the value itself. */
export function companionKeys(userSecret: Pick<UserSecretView, 'key' | 'sourceKind' | 'generate'>): readonly string[] {
  if (userSecret.sourceKind !== 'generate') return [];
  const companions = [`${userSecret.key}.previous`];
  if (userSecret.generate?.type === 'Ed25519')
    companions.push(`${userSecret.key}.pub`, `${userSecret.key}.pub.previous`);
  return companions.filter((key) => key.length <= longestDataKey);
}

/** Kubernetes' limit for a key of a Secret's data. */
export const longestDataKey = 253;

export function labelsFor(userSecret: UserSecretView): Readonly<Record<string, string>> {
  // A label's value has at most 63 characters; the owner reference names the object in full.
  return { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_USER_SECRET]: labelValue(userSecret.metadata.name) };
}

export function labelValue(name: string): string {
  return name.slice(0, 63).replace(/[^a-z0-9]+$/, '');
}

export function ownerOf(userSecret: UserSecretView): Owner {
  return { kind: 'UserSecret', name: userSecret.metadata.name, uid: userSecret.metadata.uid };
}

function isElder(rival: UserSecretView, userSecret: UserSecretView): boolean {
  if (rival.metadata.uid === userSecret.metadata.uid || rival.metadata.deletionTimestamp !== undefined) return false;
  const [theirs, mine] = [rival.metadata, userSecret.metadata];
  if (theirs.creationTimestamp !== mine.creationTimestamp) return theirs.creationTimestamp < mine.creationTimestamp;
  return theirs.uid < mine.uid;
}

function isMetadataRight(userSecret: UserSecretView, native: SecretView): boolean {
  const { labels = {}, annotations = {}, ownerReferences = [] } = native.metadata;
  const wantsOwner = userSecret.deletionPolicy === 'Delete';
  const ofOwner = ownerReferences.filter((reference) => reference.uid === userSecret.metadata.uid);
  const isOwnerRight =
    ofOwner.length === Number(wantsOwner) && ofOwner.every((reference) => refersTo(reference, ownerOf(userSecret)));
  const allowed = [userSecret.key, ...companionKeys(userSecret)];
  return (
    Object.entries(labelsFor(userSecret)).every(([name, value]) => labels[name] === value) &&
    annotations[ANNOTATION_OWNER_UID] === userSecret.metadata.uid &&
    isOwnerRight &&
    Object.keys(native.versions).every((key) => allowed.includes(key))
  );
}

function needsReplacement(userSecret: UserSecretView, native: SecretView): boolean {
  return native.type !== userSecret.type || native.immutable;
}

function how(userSecret: UserSecretView, native: SecretView | undefined): 'create' | 'patch' | 'replace' {
  if (native === undefined) return 'create';
  return needsReplacement(userSecret, native) ? 'replace' : 'patch';
}

function write(cause: WriteCause, mode: 'create' | 'patch' | 'replace'): NativePlan & { readonly do: 'write' } {
  return { do: 'write', cause, how: mode, value: 'source', keepsPrevious: false };
}

function refuse(reason: RefusalReason, message: string): NativePlan {
  return { do: 'refuse', reason, message };
}

function parseTimeMs(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}
