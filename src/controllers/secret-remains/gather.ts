/** What is decided on about a native Secret whose UserSecret may be gone. */
import { ANNOTATION_COPIED_FROM, ANNOTATION_VERSION, NEXT_VALUE_TYPE } from '../../api/index.ts';
import type { ObjectKey } from '../../kernel/index.ts';
import { controllerOf } from '../ownership.ts';
import type { Known } from '../plan.ts';
import type { SecretView } from '../secret-view.ts';
import type { Watched } from '../watched.ts';
import type { SecretRemainsInput } from './plan.ts';

/** The UIDs of UserSecrets whose end was seen, by the key of a native Secret that may be left of them. */
export type GoneOwners = Map<ObjectKey, string>;

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'secrets' | 'userSecrets'>;
  readonly gone: GoneOwners;
}

/**
 * A copy without an owner reference: Kubernetes leaves it when its UserSecret is deleted with `--cascade=orphan`. Only the operator can compute
 * the version, so no other Secret is taken for a copy.
 */
export function isDetachedCopy({ metadata, ownerUid, versions }: SecretView): boolean {
  if (metadata.annotations?.[ANNOTATION_COPIED_FROM] === undefined || ownerUid === undefined) return false;
  return controllerOf(metadata) === undefined && hasOurVersion({ metadata, versions });
}

/** A next value without an owner reference. Former values do not count: one may be from a backup whose UserSecret is not restored yet. */
export function isDetachedNext(secret: SecretView): boolean {
  return isNextValue(secret) && controllerOf(secret.metadata) === undefined;
}

/** Somebody who deletes a UserSecret with `--cascade=orphan` wants to keep its Secret, but may not know about its former and next values. */
function isHelper(secret: SecretView): boolean {
  return secret.former !== undefined || isNextValue(secret);
}

function isNextValue(secret: SecretView): boolean {
  return secret.type === NEXT_VALUE_TYPE && secret.immutable && hasOurVersion(secret);
}

function hasOurVersion({ metadata, versions }: Pick<SecretView, 'metadata' | 'versions'>): boolean {
  const version = metadata.annotations?.[ANNOTATION_VERSION];
  return version !== undefined && Object.values(versions).includes(version);
}

export function gather(
  { watched, gone }: GatherDependencies,
  key: ObjectKey,
  { nowMs, failure }: Known,
): SecretRemainsInput | undefined {
  const secret = watched.secrets.store.get(key);
  if (secret === undefined) return undefined;
  const { ownerUid = '' } = secret;
  const isOwnerThere = watched.userSecrets.store.keysByIndex('uid', ownerUid).size > 0;
  return {
    secret,
    isOwned: controllerOf(secret.metadata) !== undefined,
    isOwnerGone: secret.ownerUid !== undefined && gone.get(key) === secret.ownerUid,
    isDetached: isDetachedCopy(secret) || (isDetachedNext(secret) && !isOwnerThere),
    isHelper: isHelper(secret),
    isWanted: watched.userSecrets.store.keysByIndex('secretName', key).size > 0,
    nowMs,
    failure,
  };
}
