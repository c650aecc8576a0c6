/**
 * What the stores keep of each kind: only the fields that a decision reads, and never a value. The one exception is the
 * source of a UserSecret that is not settled yet; it goes as soon as the status says that its generation was seen.
 */
import {
  ANNOTATION_GROUPS,
  ANNOTATION_SHARED_WITH_ME,
  ANNOTATION_USER,
  JOB_CONTAINER,
  LABEL_MANAGED_BY,
  MANAGED_BY,
  type NeuroJob,
  type NeuroJobSpec,
  type NeuroJobStatus,
  type SecretGrant,
  type SecretGrantSpec,
  type SecretGrantStatus,
  type UserSecret,
  type UserSecretSpec,
  type UserSecretStatus,
} from '../api/index.ts';
import type { KubeObject, ObjectMeta } from '../kernel/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { speakingReasons } from './neuro-job/container-state.ts';
import { controllerKey, controllerOf, controllerUid, ownerUid } from './ownership.ts';
import type { ConfigMap, Namespace, Pod, Role, RoleBinding, Secret } from './resources.ts';

/** Metadata as all stores keep it: every object seen through the API server has these. */
export interface ViewMeta {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export type SourceKind = 'sealed' | 'value' | 'valueBase64' | 'generate' | 'secretKeyRef';
export const sourceKinds: readonly SourceKind[] = ['sealed', 'value', 'valueBase64', 'generate', 'secretKeyRef'];
type Source = Pick<UserSecretSpec, SourceKind>;

export interface UserSecretView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly key: string;
  readonly secretName: string;
  readonly type: string;
  readonly sourceKind: SourceKind | undefined;
  readonly generate?: UserSecretSpec['generate'];
  readonly secretKeyRef?: UserSecretSpec['secretKeyRef'];
  readonly onRevoke: 'Continue' | 'Terminate';
  readonly deletionPolicy: 'Delete' | 'Orphan';
  readonly sourceHash: string;
  /** Only until settled, and only a short one. */
  readonly source?: Source;
  readonly status: UserSecretStatus;
}

export function viewUserSecret(object: UserSecret & KubeObject, fingerprint: Fingerprint): UserSecretView {
  const metadata = metaOf(object.metadata, { annotations: true });
  const { spec } = object;
  const source = sourceOf(spec);
  const status = object.status ?? {};
  const isSettled = status.observedGeneration === metadata.generation;
  return {
    metadata,
    key: spec.key ?? metadata.name,
    secretName: spec.secretName ?? metadata.name,
    type: spec.type ?? 'Opaque',
    sourceKind: sourceKinds.find((kind) => spec[kind] !== undefined),
    ...(spec.generate === undefined ? {} : { generate: spec.generate }),
    ...(spec.secretKeyRef === undefined ? {} : { secretKeyRef: spec.secretKeyRef }),
    onRevoke: spec.onRevoke ?? 'Continue',
    deletionPolicy: spec.deletionPolicy ?? 'Delete',
    sourceHash: fingerprint.source(metadata.uid, hashedSource(source)),
    ...(isSettled || sizeOf(source) > longestKeptSource ? {} : { source }),
    status,
  };
}

/** Characters. A longer source is read again when it is needed: many large ones at once must not fill the memory. */
const longestKeptSource = 4_096;

function sizeOf({ sealed, value, valueBase64 }: Source): number {
  return (sealed?.value ?? value ?? valueBase64 ?? '').length;
}

export function sourceOf(spec: UserSecretSpec): Source {
  return Object.fromEntries(sourceKinds.filter((kind) => spec[kind] !== undefined).map((kind) => [kind, spec[kind]]));
}

/** A new rotateEvery is no new source: it must not make a new value. */
function hashedSource(source: Source): unknown {
  if (source.generate === undefined) return source;
  const { type, length, alphabet } = source.generate;
  return { generate: { type, length, alphabet } };
}

export interface SecretGrantView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly spec: SecretGrantSpec;
  readonly status: SecretGrantStatus;
}

export function viewSecretGrant(object: SecretGrant & KubeObject): SecretGrantView {
  return { metadata: metaOf(object.metadata, {}), spec: object.spec, status: object.status ?? {} };
}

export interface NeuroJobView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly spec: NeuroJobSpec;
  readonly status: NeuroJobStatus;
}

export function viewNeuroJob(object: NeuroJob & KubeObject): NeuroJobView {
  return { metadata: metaOf(object.metadata, { labels: true }), spec: object.spec, status: object.status ?? {} };
}

/** A native Secret that carries our label. */
export interface SecretView extends KubeObject {
  readonly metadata: ViewMeta & Pick<ObjectMeta, 'ownerReferences'>;
  readonly type: string;
  readonly immutable: boolean;
  readonly ownerUid: string | undefined;
  /** Version of the value under each key of the data, as the owner's status has it; empty for snapshots of jobs. */
  readonly versions: Readonly<Record<string, string>>;
}

export function viewSecret(object: Secret, fingerprint: Fingerprint): SecretView {
  const uid = ownerUid(object.metadata);
  // A snapshot has many values, and nobody asks for their versions. Labels of ours may have been taken off: they do not count.
  const isSnapshot = controllerOf(object.metadata)?.kind === 'NeuroJob';
  // Without a prototype: a key may be `__proto__` or `constructor`.
  const versions = Object.create(null) as Record<string, string>;
  if (uid !== undefined && !isSnapshot) {
    for (const [key, base64] of Object.entries(object.data ?? {})) versions[key] = fingerprint.version(uid, base64);
  }
  return {
    metadata: { ...metaOf(object.metadata, { labels: true, annotations: true }), ...ownersOf(object.metadata) },
    type: object.type ?? 'Opaque',
    immutable: object.immutable ?? false,
    ownerUid: uid,
    versions,
  };
}

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
  const groups = annotations?.[ANNOTATION_GROUPS]?.split(',').map((group) => group.trim()) ?? [];
  return {
    metadata: {
      name,
      uid: uid ?? '',
      resourceVersion: resourceVersion ?? '',
      ...(labels === undefined ? {} : { labels }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    user: user === '' ? undefined : user,
    groups: groups.filter((group) => group !== ''),
    wantsSharedList: annotations?.[ANNOTATION_SHARED_WITH_ME] === 'true',
  };
}

export interface RoleView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly ownerUid: string | undefined;
  /** It has the owner reference, not only the annotation that stands in for one which somebody took off. */
  readonly isControlled: boolean;
  /** Key of the grant that it is made for, gone or not. */
  readonly grantKey: string | undefined;
  readonly rules: Role['rules'];
}

export function viewRole(object: Role): RoleView {
  return { metadata: metaOf(object.metadata, { labels: true }), ...grantOf(object.metadata), rules: object.rules };
}

export interface RoleBindingView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly ownerUid: string | undefined;
  readonly isControlled: boolean;
  readonly grantKey: string | undefined;
  /** A finalizer keeps it, and what it allows, after a delete. */
  readonly isHeld: boolean;
  readonly roleRef: RoleBinding['roleRef'];
  readonly subjects: RoleBinding['subjects'];
}

export function viewRoleBinding(object: RoleBinding): RoleBindingView {
  return {
    metadata: metaOf(object.metadata, { labels: true }),
    ...grantOf(object.metadata),
    isHeld: (object.metadata.finalizers?.length ?? 0) > 0,
    roleRef: object.roleRef,
    subjects: object.subjects,
  };
}

function grantOf(metadata: ObjectMeta): Pick<RoleView, 'ownerUid' | 'isControlled' | 'grantKey'> {
  return {
    ownerUid: ownerUid(metadata),
    isControlled: controllerUid(metadata) !== undefined,
    grantKey: controllerKey(metadata, 'SecretGrant'),
  };
}

/** A ConfigMap of ours by its name: anybody may write anything into it, so only a hash of it is kept. */
export interface ConfigMapView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly isManaged: boolean;
  readonly dataHash: string;
}

export function viewConfigMap(object: ConfigMap, fingerprint: Fingerprint): ConfigMapView {
  return {
    metadata: metaOf(object.metadata, {}),
    isManaged: object.metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY,
    dataHash: fingerprint.data(object.data ?? {}),
  };
}

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** A Pod of a job: what says how the container fares. Texts that may quote a secret are not kept. */
export interface PodView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly ownerUid: string | undefined;
  readonly nodeName: string | undefined;
  readonly isGated: boolean;
  readonly phase: string | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly conditions: NonNullable<Pod['status']>['conditions'];
  readonly container: ContainerStatus | undefined;
  /** The container ended and left last words. */
  readonly hasOutput: boolean;
}

export function viewPod(object: Pod): PodView {
  const { status, spec } = object;
  // Something may have put a sidecar into the Pod; the job's own container is the one of that name.
  const container = status?.containerStatuses?.find(({ name }) => name === JOB_CONTAINER);
  return {
    metadata: metaOf(object.metadata, { labels: true }),
    ownerUid: ownerUid(object.metadata),
    nodeName: spec?.nodeName,
    isGated: (spec?.schedulingGates?.length ?? 0) > 0,
    phase: status?.phase,
    reason: status?.reason,
    message: status?.message,
    conditions: status?.conditions,
    container: container === undefined ? undefined : withoutTexts(container),
    hasOutput: (container?.state?.terminated?.message ?? '').trim() !== '',
  };
}

function withoutTexts({ state, lastState, ...rest }: ContainerStatus): ContainerStatus {
  return {
    ...rest,
    ...(state === undefined ? {} : { state: silent(state) }),
    ...(lastState === undefined ? {} : { lastState: silent(lastState) }),
  };
}

type ContainerState = NonNullable<ContainerStatus['state']>;

/** Without the last words of a container, and without what the runtime says where it may quote the command. */
function silent({ terminated, waiting, running }: ContainerState): ContainerState {
  const maySpeak = speakingReasons.has(waiting?.reason ?? '');
  return {
    ...(running === undefined ? {} : { running }),
    ...(terminated === undefined ? {} : { terminated: withoutMessage(terminated) }),
    ...(waiting === undefined ? {} : { waiting: maySpeak ? waiting : withoutMessage(waiting) }),
  };
}

function withoutMessage<T extends { readonly message?: string }>({
  message: _message,
  ...rest
}: T): Omit<T, 'message'> {
  return rest;
}

/** Metadata and nothing else, for what others own and for objects of which we need only that they are there. */
export interface MetaView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly ownerUid: string | undefined;
}

export function viewMeta(object: KubeObject): MetaView {
  return { metadata: metaOf(object.metadata, { labels: true }), ownerUid: ownerUid(object.metadata) };
}

function metaOf(metadata: ObjectMeta, keep: { readonly labels?: boolean; readonly annotations?: boolean }): ViewMeta {
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    generation: metadata.generation ?? 0,
    creationTimestamp: metadata.creationTimestamp ?? '',
    ...(metadata.deletionTimestamp === undefined ? {} : { deletionTimestamp: metadata.deletionTimestamp }),
    ...(keep.labels === true && metadata.labels !== undefined ? { labels: metadata.labels } : {}),
    ...(keep.annotations === true && metadata.annotations !== undefined
      ? { annotations: ownAnnotations(metadata.annotations) }
      : {}),
  };
}

/** Only ours: others' can be large (`last-applied-configuration` holds the whole object, a plain value too). */
function ownAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => name.startsWith('neu.ro/')));
}

function ownersOf(metadata: ObjectMeta): Pick<ObjectMeta, 'ownerReferences'> {
  return metadata.ownerReferences === undefined ? {} : { ownerReferences: metadata.ownerReferences };
}
