/** What every store keeps of an object's metadata: only labels and annotations that a decision reads. */
import {
  ANNOTATION_ADOPT,
  ANNOTATION_COPIED_FROM,
  ANNOTATION_COPIED_VERSION,
  ANNOTATION_GENERATED_AT,
  ANNOTATION_GENERATED_FOR,
  ANNOTATION_ON_REVOKE,
  ANNOTATION_ORPHAN,
  ANNOTATION_OWNER_UID,
  ANNOTATION_PARTS,
  ANNOTATION_REGENERATED,
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATED_FOR,
  ANNOTATION_SEALED_WITH,
  ANNOTATION_SECRET_METADATA,
  ANNOTATION_SNAPSHOT,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_VERSION,
  LABEL_JOB,
  LABEL_MANAGED_BY,
  LABEL_RESTARTS,
  LABEL_SEALING_KEY,
  LABEL_SECRET_GRANT,
  LABEL_USER_SECRET,
  LABEL_VELERO_RESTORE,
} from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject, ObjectMeta } from '../kernel/index.ts';
import { ownerUid } from './ownership.ts';

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

/** Metadata and nothing else, for what others own and for objects of which we need only that they are there. */
export interface MetaView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly ownerUid: string | undefined;
}

export function viewMeta(object: KubeObject): MetaView {
  return { metadata: metaOf(object.metadata), ownerUid: ownerUid(object.metadata) };
}

export function metaOf(metadata: ObjectMeta, keep: { readonly annotations?: boolean } = {}): ViewMeta {
  const labels = known(metadata.labels, knownLabels);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    generation: metadata.generation ?? 0,
    creationTimestamp: metadata.creationTimestamp ?? '',
    ...defined({ deletionTimestamp: metadata.deletionTimestamp, labels }),
    ...(keep.annotations === true && metadata.annotations !== undefined
      ? { annotations: known(metadata.annotations, knownAnnotations) ?? {} }
      : {}),
  };
}

/** Labels and annotations that a decision reads. Others can be large, and hold a plain value (`last-applied-configuration`). */
const knownLabels: readonly string[] = [
  LABEL_MANAGED_BY,
  LABEL_USER_SECRET,
  LABEL_SECRET_GRANT,
  LABEL_JOB,
  LABEL_SEALING_KEY,
  LABEL_RESTARTS,
  LABEL_VELERO_RESTORE,
];
const knownAnnotations: readonly string[] = [
  ANNOTATION_ADOPT,
  ANNOTATION_COPIED_FROM,
  ANNOTATION_COPIED_VERSION,
  ANNOTATION_GENERATED_AT,
  ANNOTATION_GENERATED_FOR,
  ANNOTATION_ON_REVOKE,
  ANNOTATION_ORPHAN,
  ANNOTATION_OWNER_UID,
  ANNOTATION_PARTS,
  ANNOTATION_REGENERATED,
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATED_FOR,
  ANNOTATION_SEALED_WITH,
  ANNOTATION_SECRET_METADATA,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_SNAPSHOT,
  ANNOTATION_VERSION,
];
/** Characters. Ours are shorter, but for the list of what a snapshot holds. */
const longestAnnotation = 32 * 1024;

export function known(
  all: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (all === undefined) return undefined;
  const kept = names.filter((name) => Object.hasOwn(all, name) && (all[name] ?? '').length <= longestAnnotation);
  return Object.fromEntries(kept.map((name) => [name, all[name] ?? '']));
}

/** Owner references that are kept: there is one of ours. */
const mostOwners = 16;

export function ownersOf(metadata: ObjectMeta): Pick<ObjectMeta, 'ownerReferences'> {
  return defined({ ownerReferences: metadata.ownerReferences?.slice(0, mostOwners) });
}
