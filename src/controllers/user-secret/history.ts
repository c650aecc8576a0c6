/** Former values of a UserSecret: which value has to be kept, which are one too many, and what the status says. Pure. */
import { ANNOTATION_VERSION, MAX_FORMER_BYTES, ownValue, parseTimeMs, type UserSecretStatus } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { isAhead } from '../clock-ahead.ts';
import type { FormerRecord } from '../former-record.ts';
import type { SecretView } from '../secret-view.ts';
import type { UserSecretView } from '../user-secret-view.ts';

/** A status has whole seconds. */
const statusResolutionMs = 1_000;

/** A Secret that the operator made for a former value of a UserSecret of this name and key. */
export interface FormerValue {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** UID of the UserSecret that it was made for; another one where a backup brought it back. */
  readonly ownerUid: string;
  /** It goes with its UserSecret. */
  readonly hasOwner: boolean;
  /** When its Secret was made, by the clock of the API server. */
  readonly createdAt: string;
  readonly bytes: number;
  readonly record: FormerRecord;
}

export function formerValueOf({ metadata, former, ownerUid, dataBytes }: SecretView): FormerValue | undefined {
  const {
    name,
    uid,
    resourceVersion,
    creationTimestamp: createdAt,
    deletionTimestamp,
    ownerReferences = [],
  } = metadata;
  if (former === undefined || ownerUid === undefined || deletionTimestamp !== undefined) return undefined;
  const hasOwner = ownerReferences.some((reference) => reference.uid === ownerUid);
  return { name, uid, resourceVersion, ownerUid, hasOwner, createdAt, bytes: dataBytes, record: former };
}

/** The version in force, where the operator wrote what stands there; undefined where somebody changed it. */
export function standingVersion(userSecret: UserSecretView, native: SecretView | undefined): string | undefined {
  const version = ownValue(native?.versions, userSecret.key);
  const isOurs =
    version !== undefined &&
    native?.ownerUid === userSecret.metadata.uid &&
    (version === native.metadata.annotations?.[ANNOTATION_VERSION] || version === userSecret.status.version);
  return isOurs ? version : undefined;
}

export function isOfThis(userSecret: UserSecretView, former: FormerValue): boolean {
  return former.ownerUid === userSecret.metadata.uid;
}

/**
 * The value came back into force since it was kept, and its Secret was not deleted meanwhile: once it is a former value again, its place is
 * with the newest.
 */
export function isOfBefore(
  { version, until }: FormerRecord,
  status: Pick<UserSecretStatus, 'version' | 'updatedAt'>,
  latestMs: number,
): boolean {
  // A crash may have come between the write of a value and its status: then it is not known since when it was in force.
  if (status.version !== version || isAhead(parseTimeMs(until), latestMs)) return true;
  return (parseTimeMs(until) ?? 0) < (parseTimeMs(status.updatedAt) ?? 0) + statusResolutionMs;
}

/** The former values of this UserSecret, the newest first. */
function newestFirst(
  userSecret: UserSecretView,
  former: readonly FormerValue[],
  latestMs: number,
): readonly FormerValue[] {
  return former
    .filter((value) => isOfThis(userSecret, value))
    .sort(
      (one, other) =>
        untilMs(other, latestMs) - untilMs(one, latestMs) || (one.record.version < other.record.version ? -1 : 1),
    );
}

/** When another took its place. A time of a clock that was ahead would have it stay, and each newer one go, until then. */
function untilMs({ record, createdAt }: FormerValue, latestMs: number): number {
  const times = [parseTimeMs(record.until), parseTimeMs(createdAt)];
  return times.find((timeMs) => timeMs !== undefined && !isAhead(timeMs, latestMs)) ?? 0;
}

/** The former values that stay: the newest, as many as are wanted and as have room, without the value in force. */
export function keptOf(
  userSecret: UserSecretView,
  former: readonly FormerValue[],
  {
    keep,
    version,
    latestMs,
  }: { readonly keep: number; readonly version: string | undefined; readonly latestMs: number },
): readonly FormerValue[] {
  const others = newestFirst(userSecret, former, latestMs).filter(({ record }) => record.version !== version);
  let bytes = 0;
  const full = others.findIndex((value) => (bytes += value.bytes) > MAX_FORMER_BYTES);
  return others.slice(0, full === -1 ? keep : Math.min(full, keep));
}

export function historyStatus(kept: readonly FormerValue[]): NonNullable<UserSecretStatus['history']> {
  return kept.map(({ name, record: { version, since, until, manager, user } }) =>
    defined({ version, secretName: name, since, until, manager, user }),
  );
}
