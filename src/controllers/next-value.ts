/**
 * The Secret that holds the next value of a UserSecret while a hook prepares for it, or while its native Secret is replaced, and the names of
 * the jobs that run the hook.
 *
 * Promise: a Secret counts as a next value only if the operator made it. The proof is a keyed hash over UID, name, version and source,
 * and the value under the key has that version. Names are keyed hashes too, so nobody takes them first.
 */
import {
  ANNOTATION_NEXT_PROOF,
  ANNOTATION_OWNER_UID,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_VERSION,
  LABEL_MANAGED_BY,
  MANAGED_BY,
  NEXT_VALUE_TYPE,
  ownValue,
} from '../api/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { SecretView } from './secret-view.ts';

/** A next value, as decisions need it: without the value itself. */
export interface NextValue {
  readonly native: SecretView;
  readonly version: string;
  /** The hash of the source that it was made for. */
  readonly sourceHash: string;
}

/** Characters of a UserSecret's name in the names of its hook's jobs: namespace and name of a job have 217 together. */
const longestStart = 100;

/** `next`: for the hook of a rotation. `replacement`: what the native Secret gets, which is deleted and created again. */
export type NextPurpose = 'next' | 'replacement';

/** The name of the next value: one for each UserSecret and purpose, so that there is at most one next value. */
export function nextName(
  fingerprint: Fingerprint,
  uid: string,
  userSecret: string,
  purpose: NextPurpose = 'next',
): string {
  return `${startOf(userSecret)}-${purpose}-${fingerprint.proof(uid, purpose)}`;
}

/** The name of a run of the hook: one for each try, so that none runs twice. */
export function hookRunName(
  fingerprint: Fingerprint,
  uid: string,
  userSecret: string,
  { version, attempt }: { readonly version: string; readonly attempt: number },
): string {
  return `${startOf(userSecret)}-rotate-${fingerprint.proof(uid, 'run', version, String(attempt))}`;
}

export function nextMetadata(
  fingerprint: Fingerprint,
  uid: string,
  name: string,
  { version, sourceHash }: Pick<NextValue, 'version' | 'sourceHash'>,
  purpose: NextPurpose = 'next',
): { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> } {
  return {
    labels: { [LABEL_MANAGED_BY]: MANAGED_BY },
    annotations: {
      [ANNOTATION_OWNER_UID]: uid,
      [ANNOTATION_VERSION]: version,
      [ANNOTATION_SOURCE_HASH]: sourceHash,
      [ANNOTATION_NEXT_PROOF]: fingerprint.proof(uid, purpose, name, version, sourceHash),
    },
  };
}

/** Whose next value it is. */
interface NextOwner {
  readonly uid: string;
  readonly key: string;
  /** UID of a Secret with a value that was put in force, and is not to be used again. */
  readonly used?: string | undefined;
}

/** Undefined for every Secret that is not the next value of that UserSecret. */
export function nextValueOf(
  native: SecretView | undefined,
  { uid, key, used }: NextOwner,
  fingerprint: Fingerprint,
  purpose: NextPurpose = 'next',
): NextValue | undefined {
  if (native === undefined || native.metadata.deletionTimestamp !== undefined) return undefined;
  if (!native.immutable || native.metadata.uid === used || !isMadeFor(native, { uid, key })) return undefined;
  const { annotations = {}, name } = native.metadata;
  const { [ANNOTATION_VERSION]: version = '', [ANNOTATION_SOURCE_HASH]: sourceHash = '' } = annotations;
  const isProved = annotations[ANNOTATION_NEXT_PROOF] === fingerprint.proof(uid, purpose, name, version, sourceHash);
  return isProved ? { native, version, sourceHash } : undefined;
}

/** Whether it has a value that the operator kept for that UserSecret, which may be out of date. Only the operator can make the version. */
export function isMadeFor(native: SecretView, { uid, key }: Omit<NextOwner, 'used'>): boolean {
  const version = native.metadata.annotations?.[ANNOTATION_VERSION];
  if (native.type !== NEXT_VALUE_TYPE || native.ownerUid !== uid || version === undefined) return false;
  return ownValue(native.versions, key) === version;
}

function startOf(userSecret: string): string {
  return userSecret.slice(0, longestStart).replace(/[^a-z0-9]+$/, '');
}
