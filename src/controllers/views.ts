/**
 * What the stores keep of each kind: only the fields that a decision reads, and never a value. The one exception is the
 * source of a UserSecret that is not settled yet; it goes as soon as the status says that its generation was seen.
 */
import {
  ANNOTATION_GROUPS,
  API_VERSION,
  KINDS,
  ANNOTATION_SECRET_METADATA,
  ANNOTATION_SHARED_WITH_ME,
  ANNOTATION_USER,
  authorOf,
  LABEL_MANAGED_BY,
  LABEL_POD_SECURITY,
  MANAGED_BY,
  USER_SECRET_SOURCES,
  MAX_VALUE_BYTES,
  type NeuroJob,
  type NeuroJobSpec,
  type NeuroJobStatus,
  type NeuroSchedule,
  type NeuroScheduleSpec,
  type NeuroScheduleStatus,
  type SecretGrant,
  type SecretGrantSpec,
  type SecretGrantStatus,
  type SourceKind,
  type UserSecret,
  type UserSecretSpec,
  type UserSecretStatus,
  calledBy,
  ownValue,
  parseGroups,
  splitPair,
  TLS_KEY,
  TLS_PARTS,
  TLS_TYPE,
} from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject, ObjectMeta } from '../kernel/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { type FormerRecord, formerRecordOf } from './former-record.ts';
import { type ViewMeta, known, metaOf, ownersOf } from './meta-view.ts';
import { objectBytes } from './object-bytes.ts';
import { controllerOf, ownerUid } from './ownership.ts';
import type { ConfigMap, Namespace, Secret } from './resources.ts';
import { flatMetadata, recordedMetadata } from './secret-metadata.ts';
import { type SecretRef, containerRefsOf, pullRefsOf } from './secret-refs.ts';

type Source = Pick<UserSecretSpec, SourceKind>;
type TemplatePart = NonNullable<UserSecretSpec['template']>['parts'][number];

export interface UserSecretView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly key: string;
  readonly secretName: string;
  readonly type: string;
  readonly sourceKind: SourceKind | undefined;
  readonly generate?: UserSecretSpec['generate'];
  readonly secretKeyRef?: UserSecretSpec['secretKeyRef'];
  readonly configMapKeyRef?: UserSecretSpec['configMapKeyRef'];
  /** Of a template; its text is read when it is needed. */
  readonly parts?: readonly TemplatePart[];
  readonly sharedFrom?: UserSecretSpec['sharedFrom'];
  /** Labels and annotations of the native Secret. */
  readonly secretMetadata?: UserSecretSpec['secretMetadata'];
  /** Of these, as the native Secret's view has it. */
  readonly secretMetadataHash?: string;
  /** Copies stay when their access ends: only where the owner wrote so, not by default. */
  readonly keepsCopies?: true;
  readonly onRevoke: 'Continue' | 'Terminate';
  readonly deletionPolicy: 'Delete' | 'Orphan';
  /** Former values that it wants to be kept; undefined: as many as is usual. */
  readonly keep?: number;
  /** The field manager that wrote the source. */
  readonly sourceManager?: string;
  /** Who made this generation, where the annotation says it; true only where admission has checked it. */
  readonly author?: string;
  readonly sourceHash: string;
  /** Only until settled, and only a short one. */
  readonly source?: Source;
  readonly status: UserSecretStatus;
  /** Of the whole object. */
  readonly bytes: number;
}

/** What people call it; no two of a namespace may have one name, since a `secret:` URI could mean either. */
export function calledAs({ type, key, metadata }: UserSecretView): string {
  return calledBy(type, key, metadata.name);
}

export function viewUserSecret(object: UserSecret & KubeObject, fingerprint: Fingerprint): UserSecretView {
  const metadata = metaOf(object.metadata, { annotations: true });
  const { spec } = object;
  const source = sourceOf(spec);
  const status = object.status ?? {};
  const isSettled = status.observedGeneration === metadata.generation;
  const sourceKind = USER_SECRET_SOURCES.find((kind) => spec[kind] !== undefined);
  const sourceManager = managerOf(object.metadata, sourceKind);
  return {
    metadata,
    key: spec.key ?? metadata.name,
    secretName: spec.secretName ?? metadata.name,
    type: spec.type ?? 'Opaque',
    sourceKind,
    ...defined({
      generate: spec.generate,
      secretKeyRef: spec.secretKeyRef,
      configMapKeyRef: spec.configMapKeyRef,
      parts: spec.template?.parts,
      sharedFrom: spec.sharedFrom,
      secretMetadata: spec.secretMetadata,
      secretMetadataHash:
        spec.secretMetadata === undefined ? undefined : fingerprint.data(flatMetadata(spec.secretMetadata)),
      keepsCopies: spec.onRevoke === 'Continue' ? (true as const) : undefined,
    }),
    onRevoke: spec.onRevoke ?? 'Continue',
    deletionPolicy: spec.deletionPolicy ?? 'Delete',
    ...defined({ keep: spec.history?.keep, sourceManager, author: authorOf(object.metadata) }),
    sourceHash: fingerprint.source(metadata.uid, hashedSource(source)),
    ...(isSettled || sizeOf(source) > longestKeptSource ? {} : { source }),
    status,
    bytes: objectBytes(object),
  };
}

/** The API server's limit for the name of a field manager, in characters. */
const longestManager = 128;

/** Who wrote that field of the spec last. */
function managerOf({ managedFields = [] }: ObjectMeta, field: SourceKind | undefined): string | undefined {
  let last: (typeof managedFields)[number] | undefined;
  for (const entry of managedFields) {
    const { 'f:spec': spec } = (entry.fieldsV1 ?? {}) as Readonly<Record<string, unknown>>;
    const isWriter =
      field !== undefined && typeof spec === 'object' && spec !== null && Object.hasOwn(spec, `f:${field}`);
    if (isWriter && (last === undefined || (entry.time ?? '') >= (last.time ?? ''))) last = entry;
  }
  return last?.manager?.slice(0, longestManager);
}

/** Characters. A longer source is read again when it is needed: many large ones at once must not fill the memory. */
const longestKeptSource = 4_096;

function sizeOf({ sealed, value, valueBase64, template }: Source): number {
  const others = (sealed?.values ?? []).reduce((sum, text) => sum + text.length, 0);
  return (sealed?.value ?? value ?? valueBase64 ?? template?.text ?? '').length + others;
}

export function sourceOf(spec: UserSecretSpec): Source {
  return Object.fromEntries(
    USER_SECRET_SOURCES.filter((kind) => spec[kind] !== undefined).map((kind) => [kind, spec[kind]]),
  );
}

/** A new rotateEvery is no new source: it must not make a new value. */
function hashedSource(source: Source): unknown {
  if (source.generate === undefined) return source;
  const { type, length, alphabet } = source.generate;
  return { generate: { type, length, alphabet } };
}

export interface SecretGrantView extends KubeObject {
  readonly metadata: ViewMeta;
  /** Without the description, which nothing decides by. */
  readonly spec: Omit<SecretGrantSpec, 'description'>;
  readonly status: SecretGrantStatus;
  /** Of the whole object. */
  readonly bytes: number;
}

export function viewSecretGrant(object: SecretGrant & KubeObject): SecretGrantView {
  const { description: _description, ...spec } = object.spec;
  return { metadata: metaOf(object.metadata), spec, status: object.status ?? {}, bytes: objectBytes(object) };
}

/** Of a job's spec what decisions read. Commands, variables and the like are read with the whole object, when its Pod is made. */
interface JobSpecView extends Pick<
  NeuroJobSpec,
  | 'preset'
  | 'restartPolicy'
  | 'lifeSpan'
  | 'scheduleTimeout'
  | 'ttlAfterFinished'
  | 'serviceAccountName'
  | 'http'
  | 'cancel'
  | 'suspend'
> {
  /** For messages, so it may be cut. */
  readonly image: string;
  readonly containerRefs: readonly SecretRef[];
  readonly pullRefs: readonly SecretRef[];
}

export interface NeuroJobView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly spec: JobSpecView;
  /** The UserSecret whose rotation it is the hook of. The reference can be forged, by people who can run such a job anyway. */
  readonly rotates?: { readonly name: string; readonly uid: string };
  /** The schedule that made it, or that it is a run of. It can be forged in the same way. */
  readonly schedule?: { readonly name: string; readonly uid: string };
  /** Of a finished job only what is needed to keep it so. */
  readonly status: NeuroJobStatus;
  /** Of the whole object. */
  readonly bytes: number;
}

/** Characters. */
const longestImage = 256;

export function viewNeuroJob(object: NeuroJob & KubeObject): NeuroJobView {
  const { metadata, spec, status = {} } = object;
  const { namespace = '' } = metadata;
  const { preset, restartPolicy, lifeSpan, scheduleTimeout, ttlAfterFinished, serviceAccountName, http, cancel } = spec;
  const owner = controllerOf(metadata);
  const ownerOfKind = (kind: string): { readonly name: string; readonly uid: string } | undefined =>
    owner?.kind === kind && owner.apiVersion === API_VERSION ? { name: owner.name, uid: owner.uid } : undefined;
  const rotates = ownerOfKind(KINDS.UserSecret.kind);
  // A template is made for a schedule, and is not one of its runs.
  const schedule = spec.suspend === true ? undefined : ownerOfKind(KINDS.NeuroSchedule.kind);
  const isFinished = status.finishTime !== undefined;
  return {
    metadata: metaOf(metadata),
    ...defined({ rotates, schedule }),
    spec: {
      image: spec.image.slice(0, longestImage),
      // A finished job needs no secrets, and a suspended one gets none.
      containerRefs: isFinished || spec.suspend === true ? [] : containerRefsOf(spec, namespace),
      pullRefs: isFinished || spec.suspend === true ? [] : pullRefsOf(spec, namespace),
      ...defined({
        preset,
        restartPolicy,
        lifeSpan,
        scheduleTimeout,
        ttlAfterFinished,
        serviceAccountName,
        http,
        cancel,
        suspend: spec.suspend,
      }),
    },
    status: isFinished ? finishedStatus(status) : sharingTexts(status),
    bytes: objectBytes(object),
  };
}

function finishedStatus({
  observedGeneration,
  phase,
  reason,
  podName,
  podUid,
  startTime,
  finishTime,
}: NeuroJobStatus): NeuroJobStatus {
  return defined({ observedGeneration, phase, reason, podName, podUid, startTime, finishTime });
}

/** A status says the same sentence up to four times; it is kept once. */
function sharingTexts({ conditions, transitions, ...status }: NeuroJobStatus): NeuroJobStatus {
  const { message } = status;
  const shared = <T extends { readonly message?: string }>(part: T): T =>
    message !== undefined && part.message === message ? { ...part, message } : part;
  return {
    ...status,
    ...defined({ conditions: conditions?.map(shared), transitions: transitions?.map(shared) }),
  };
}

export interface NeuroScheduleView extends KubeObject {
  readonly metadata: ViewMeta;
  /** Without the description, which nothing decides by. */
  readonly spec: Omit<NeuroScheduleSpec, 'description'>;
  readonly status: NeuroScheduleStatus;
  /** Of the whole object. */
  readonly bytes: number;
}

export function viewNeuroSchedule(object: NeuroSchedule & KubeObject): NeuroScheduleView {
  const { description: _description, ...spec } = object.spec;
  return { metadata: metaOf(object.metadata), spec, status: object.status ?? {}, bytes: objectBytes(object) };
}

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
  /** Of type `kubernetes.io/tls`: the parts are not those of the value. */
  readonly hasBrokenPair?: true;
  /** Bytes of all values; as many as there can be where nobody counted. */
  readonly dataBytes: number;
  /** It holds a former value; only for Secrets that the operator made. */
  readonly former?: FormerRecord;
  /** A hash of the labels and annotations that spec.secretMetadata put there, where it did. */
  readonly ownMetadataHash?: string;
}

export function viewSecret(object: Secret, fingerprint: Fingerprint): SecretView {
  const uid = ownerUid(object.metadata);
  // A snapshot has many values, and nobody asks for their versions. Labels of ours may have been taken off: they do not count.
  const isSnapshot = controllerOf(object.metadata)?.kind === 'NeuroJob';
  // Without a prototype: a key may be `__proto__` or `constructor`.
  const versions = Object.create(null) as Record<string, string>;
  const { data = {} } = object;
  const keys = Object.keys(data);
  if (uid !== undefined && !isSnapshot) {
    for (const key of keys.slice(0, mostKeys)) versions[key] = fingerprint.version(uid, data[key] ?? '');
  }
  const former = formerRecordOf(object, uid, versions, fingerprint);
  return {
    metadata: { ...metaOf(object.metadata, { annotations: true }), ...ownersOf(object.metadata) },
    ...defined({ former }),
    type: object.type ?? 'Opaque',
    immutable: object.immutable ?? false,
    ...(object.type === TLS_TYPE && uid !== undefined && !isPairWhole(data) ? { hasBrokenPair: true as const } : {}),
    ownerUid: uid,
    versions,
    hasMoreKeys: !isSnapshot && keys.length > mostKeys,
    dataBytes:
      keys.length > mostCountedKeys
        ? MAX_VALUE_BYTES
        : keys.reduce((sum, key) => sum + bytesOfBase64(data[key] ?? ''), 0),
    ...(object.metadata.annotations?.[ANNOTATION_SECRET_METADATA] === undefined
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

export interface NamespaceView extends KubeObject {
  readonly metadata: Pick<ViewMeta, 'name' | 'uid' | 'resourceVersion' | 'labels'> & {
    readonly deletionTimestamp?: string;
  };
  /** Whose home this is, from the annotations that only an administrator can set. */
  readonly user: string | undefined;
  readonly groups: readonly string[];
  /** Its administrator asks for the list of what is shared with it. */
  readonly wantsSharedList: boolean;
}

export function viewNamespace(object: Namespace): NamespaceView {
  const { name, uid, resourceVersion, labels, deletionTimestamp, annotations } = object.metadata;
  const user = annotations?.[ANNOTATION_USER]?.trim();
  return {
    metadata: {
      name,
      uid: uid ?? '',
      resourceVersion: resourceVersion ?? '',
      ...(labels === undefined ? {} : { labels: known(labels, [LABEL_POD_SECURITY]) ?? {} }),
      ...defined({ deletionTimestamp }),
    },
    user: user === '' ? undefined : user,
    groups: parseGroups(annotations?.[ANNOTATION_GROUPS]),
    wantsSharedList: annotations?.[ANNOTATION_SHARED_WITH_ME] === 'true',
  };
}

/** Ours have a few, and a list of what is shared up to a hundred. */
const mostKeysOfConfigMap = 1_000;

/** A ConfigMap of ours by its name: anybody may write anything into it, so only a hash of it is kept. */
export interface ConfigMapView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly isManaged: boolean;
  readonly dataHash: string;
}

export function viewConfigMap(object: ConfigMap, fingerprint: Fingerprint): ConfigMapView {
  const { data = {}, metadata } = object;
  const { resourceVersion = '' } = metadata;
  const hasMoreKeys = Object.keys(data).length > mostKeysOfConfigMap;
  return {
    metadata: metaOf(object.metadata),
    isManaged: object.metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY,
    // Each version of one with more keys than any of ours is another: none of them is right.
    dataHash: fingerprint.data(hasMoreKeys ? { resourceVersion } : data),
  };
}
