/**
 * What the store of UserSecrets keeps, and never a value. The one exception is the source of a UserSecret that is not settled yet; it goes as
 * soon as the status says that its generation was seen.
 */
import {
  authorOf,
  CONDITION_READY,
  hasAppliedValue,
  isConditionTrue,
  USER_SECRET_SOURCES,
  type SourceKind,
  type UserSecret,
  type UserSecretSpec,
  type UserSecretStatus,
  calledBy,
} from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject, ObjectKey, ObjectMeta } from '../kernel/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { type ViewMeta, metaOf, userSecretAnnotations } from './meta-view.ts';
import { objectBytes } from './object-bytes.ts';
import { flatMetadata } from './secret-metadata.ts';

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
  /** The parts of a template. Its text is read when it is needed. */
  readonly parts?: readonly TemplatePart[];
  readonly sharedFrom?: UserSecretSpec['sharedFrom'];
  /** Labels and annotations of the native Secret. */
  readonly secretMetadata?: UserSecretSpec['secretMetadata'];
  /** The hash of both, to compare it with the one in the native Secret's view. */
  readonly secretMetadataHash?: string;
  /** Copies stay when their access ends: only where the owner wrote so, not by default. */
  readonly keepsCopies?: true;
  /** kubectl's copy of the object, in an annotation, holds a plain value. */
  readonly hasAppliedValue?: true;
  readonly onRevoke: 'Continue' | 'Terminate';
  readonly deletionPolicy: 'Delete' | 'Orphan';
  /** Former values that it wants to be kept; undefined: as many as is usual. */
  readonly keep?: number;
  /** The field manager that wrote the source. */
  readonly sourceManager?: string;
  /** Who made this generation, where the annotation says it; true only where admission has checked it. */
  readonly author?: string;
  readonly sourceHash: string;
  /** The source. It is kept only until the UserSecret is settled, and only if it is short. */
  readonly source?: Source;
  readonly status: UserSecretStatus;
  /** The size of the whole object. */
  readonly bytes: number;
}

/** What people call it; no two of a namespace may have one name, since a `secret:` URI could mean either. */
export function calledAs({ type, key, metadata }: UserSecretView): string {
  return calledBy(type, key, metadata.name);
}

/**
 * The order of UserSecrets that want the same name in URIs or the same native Secret: the first has it. That is the oldest, and of two from the same
 * second, the one with the lower UID. UserSecrets that are being deleted come last.
 */
export function byClaim({ metadata: one }: UserSecretView, { metadata: other }: UserSecretView): number {
  const [isGoing, isOtherGoing] = [one, other].map(({ deletionTimestamp }) => deletionTimestamp !== undefined);
  if (isGoing !== isOtherGoing) return isGoing === true ? 1 : -1;
  if (one.creationTimestamp !== other.creationTimestamp)
    return one.creationTimestamp < other.creationTimestamp ? -1 : 1;
  return one.uid === other.uid ? 0 : one.uid < other.uid ? -1 : 1;
}

/** The native Secret has the value that the present spec asks for. */
export function isUsable(userSecret: UserSecretView | undefined): boolean {
  return (
    userSecret !== undefined &&
    userSecret.metadata.deletionTimestamp === undefined &&
    userSecret.status.observedGeneration === userSecret.metadata.generation &&
    isConditionTrue(userSecret.status.conditions, CONDITION_READY)
  );
}

/** A copy that has a value now. Only a namespace that has the access has such; what the status says of another source does not count. */
export function isHeldCopy(userSecret: UserSecretView): boolean {
  return userSecret.sharedFrom !== undefined && isUsable(userSecret);
}

export function viewUserSecret(object: UserSecret & KubeObject, fingerprint: Fingerprint): UserSecretView {
  const metadata = metaOf(object.metadata, userSecretAnnotations);
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
      hasAppliedValue: hasAppliedValue(object.metadata) ? (true as const) : undefined,
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

/** The key of the native Secret that the UserSecret wants. Another UserSecret can own that Secret. */
export function nativeKeyOf({ metadata, secretName }: UserSecretView): ObjectKey {
  return `${metadata.namespace}/${secretName}`;
}
