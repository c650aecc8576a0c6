/**
 * The Secrets that hold former values of UserSecrets: their names, what is recorded on them, and how they differ from Secrets that
 * somebody else made.
 *
 * Promise: a record is read only from a Secret that the operator made. Labels, annotations and owner references prove nothing, because
 * anybody who can write Secrets can write them. The proof is a keyed hash over UID, name, version and record, and the value under the
 * key has that version. So a false history takes the operator's key, and a copy under another name is not a former value.
 */
import {
  ANNOTATION_FORMER,
  ANNOTATION_FORMER_PROOF,
  ANNOTATION_OWNER_UID,
  LABEL_HISTORY,
  LABEL_MANAGED_BY,
  LABEL_USER_SECRET,
  MANAGED_BY,
  ownValue,
} from '../api/index.ts';
import { defined } from '../defined.ts';
import type { Fingerprint } from './fingerprint.ts';
import { labelValue } from './ownership.ts';

/** The annotations of a Secret that describe the former value in it. */
export interface FormerRecord {
  /** `metadata.name` of the UserSecret. */
  readonly userSecret: string;
  readonly key: string;
  readonly version: string;
  /** When it came into force. */
  readonly since?: string | undefined;
  /** When another took its place. */
  readonly until: string;
  /** The field manager that wrote its source. */
  readonly manager?: string | undefined;
  /** The person who set it. */
  readonly user?: string | undefined;
}

/** Characters of a UserSecret's name that the name of its Secret begins with: with the rest it stays below 253. */
const longestStart = 220;

/** The name of a former value: one for each value, so that it is kept once. It is keyed, so that nobody can take it first. */
export function formerName(fingerprint: Fingerprint, uid: string, userSecret: string, version: string): string {
  const start = userSecret.slice(0, longestStart).replace(/[^a-z0-9]+$/, '');
  return `${start}-former-${fingerprint.proof(uid, 'name', version)}`;
}

/** Labels and annotations of the Secret of that name. */
export function formerMetadata(
  fingerprint: Fingerprint,
  uid: string,
  name: string,
  record: FormerRecord,
): {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
} {
  const text = JSON.stringify(record);
  return {
    labels: {
      [LABEL_MANAGED_BY]: MANAGED_BY,
      [LABEL_USER_SECRET]: labelValue(record.userSecret),
      [LABEL_HISTORY]: 'true',
    },
    annotations: {
      [ANNOTATION_OWNER_UID]: uid,
      [ANNOTATION_FORMER]: text,
      [ANNOTATION_FORMER_PROOF]: fingerprint.proof(uid, name, text),
    },
  };
}

interface FormerSecret {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly immutable?: boolean;
}

/** The record on a Secret of the operator; undefined for every other Secret. `versions` are of its data, under `uid`. */
export function formerRecordOf(
  { metadata: { name, annotations }, immutable }: FormerSecret,
  uid: string | undefined,
  versions: Readonly<Record<string, string>>,
  fingerprint: Fingerprint,
): FormerRecord | undefined {
  const text = annotations?.[ANNOTATION_FORMER];
  if (uid === undefined || immutable !== true || text === undefined) return undefined;
  if (annotations?.[ANNOTATION_FORMER_PROOF] !== fingerprint.proof(uid, name, text)) return undefined;
  // The operator wrote it, so it is what it writes.
  const { userSecret, key, version, since, until, manager, user } = JSON.parse(text) as FormerRecord;
  if (name !== formerName(fingerprint, uid, userSecret, version) || ownValue(versions, key) !== version)
    return undefined;
  return defined({ userSecret, key, version, since, until, manager, user });
}
