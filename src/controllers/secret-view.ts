/** What the store of native Secrets keeps of those that carry our label: hashes and sizes, never a value. */
import {
  ANNOTATION_SECRET_METADATA,
  MAX_VALUE_BYTES,
  ownValue,
  splitPair,
  TLS_KEY,
  TLS_PARTS,
  TLS_TYPE,
} from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject, ObjectMeta } from '../kernel/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { type FormerRecord, formerRecordOf } from './former-record.ts';
import { type ViewMeta, metaOf, ownersOf, secretAnnotations, snapshotAnnotations } from './meta-view.ts';
import { boundedName, boundedUid, controllerOf, ownerUid } from './ownership.ts';
import type { Secret } from './resources.ts';
import { recordedMetadata } from './secret-metadata.ts';
import { provenSnapshot } from './snapshot-record.ts';

/** A native Secret that carries our label. */
export interface SecretView extends KubeObject {
  readonly metadata: ViewMeta & Pick<ObjectMeta, 'ownerReferences'>;
  readonly type: string;
  readonly immutable: boolean;
  readonly ownerUid: string | undefined;
  /** Version of the value under each key of the data, as the owner's status has it; empty for snapshots of jobs. */
  readonly versions: Readonly<Record<string, string>>;
  /** The data has more keys than any of ours: the others are not in `versions`. */
  readonly hasMoreKeys: boolean;
  /** The type is `kubernetes.io/tls`, and the parts do not belong to the value. */
  readonly hasBrokenPair?: true;
  /** Bytes of all values; as many as there can be where nobody counted. */
  readonly dataBytes: number;
  /** It holds a former value; only for Secrets that the operator made. */
  readonly former?: FormerRecord;
  /** What the snapshot of a job holds, as text; only where the operator wrote it. */
  readonly snapshot?: string;
  /** A hash of the labels and annotations that spec.secretMetadata put there, where it did. */
  readonly ownMetadataHash?: string;
}

export function viewSecret(object: Secret, fingerprint: Fingerprint): SecretView {
  const uid = boundedUid(ownerUid(object.metadata));
  // A snapshot has many values, and nobody asks for their versions. Labels of ours may have been taken off: they do not count.
  const isSnapshot = controllerOf(object.metadata)?.kind === 'NeuroJob';
  // It has no prototype, because a key may be `__proto__` or `constructor`.
  const versions = Object.create(null) as Record<string, string>;
  const { data = {} } = object;
  const keys = Object.keys(data);
  if (uid !== undefined && !isSnapshot) {
    for (const key of keys.slice(0, mostKeys)) versions[key] = fingerprint.version(uid, data[key] ?? '');
  }
  const { annotations } = object.metadata;
  const snapshot = isSnapshot ? provenSnapshot(uid, annotations, fingerprint) : undefined;
  const former = formerRecordOf(object, uid, versions, fingerprint);
  return {
    metadata: {
      ...metaOf(object.metadata, isSnapshot ? snapshotAnnotations : secretAnnotations),
      ...ownersOf(object.metadata),
    },
    ...defined({ former, snapshot }),
    // The API server takes any text.
    type: boundedName(object.type ?? 'Opaque'),
    immutable: object.immutable ?? false,
    ...(object.type === TLS_TYPE && uid !== undefined && !isPairWhole(data) ? { hasBrokenPair: true as const } : {}),
    ownerUid: uid,
    versions,
    hasMoreKeys: !isSnapshot && keys.length > mostKeys,
    dataBytes:
      keys.length > mostCountedKeys
        ? MAX_VALUE_BYTES
        : keys.reduce((sum, key) => sum + bytesOfBase64(data[key] ?? ''), 0),
    ...(annotations?.[ANNOTATION_SECRET_METADATA] === undefined
      ? {}
      : { ownMetadataHash: fingerprint.data(recordedMetadata(object.metadata)) }),
  };
}

/** Whether the parts beside a pair are those of the pair. */
function isPairWhole(data: Readonly<Record<string, string>>): boolean {
  const split = splitPair(Buffer.from(ownValue(data, TLS_KEY) ?? '', 'base64').toString('utf8'));
  if ('problem' in split) return false;
  return TLS_PARTS.every((part) => {
    const text = split.parts[part];
    return ownValue(data, part) === (text === undefined ? undefined : Buffer.from(text).toString('base64'));
  });
}

/** More than a snapshot has: to count tens of thousands would take a while, and nothing of ours has them. */
const mostCountedKeys = 1_000;

function bytesOfBase64(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length * 3) / 4 - padding;
}

/** Ours have up to eight: a value or a pair, its public half, and the former ones. */
const mostKeys = 16;
