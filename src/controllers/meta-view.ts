/** What every store keeps of an object's metadata: only labels and annotations that a decision reads. */
import * as api from '../api/index.ts';
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
  api.LABEL_MANAGED_BY,
  api.LABEL_USER_SECRET,
  api.LABEL_SECRET_GRANT,
  api.LABEL_JOB,
  api.LABEL_SEALING_KEY,
  api.LABEL_RESTARTS,
  api.LABEL_VELERO_RESTORE,
];
const knownAnnotations: readonly string[] = [
  api.ANNOTATION_ADOPT,
  api.ANNOTATION_COPIED_FROM,
  api.ANNOTATION_COPIED_VERSION,
  api.ANNOTATION_GENERATED_AT,
  api.ANNOTATION_GENERATED_FOR,
  api.ANNOTATION_NEXT_PROOF,
  api.ANNOTATION_ON_REVOKE,
  api.ANNOTATION_ORPHAN,
  api.ANNOTATION_OWNER_UID,
  api.ANNOTATION_PARTS,
  api.ANNOTATION_REGENERATED,
  api.ANNOTATION_ROTATE,
  api.ANNOTATION_ROTATED_FOR,
  api.ANNOTATION_SEALED_WITH,
  api.ANNOTATION_SECRET_METADATA,
  api.ANNOTATION_SOURCE_HASH,
  api.ANNOTATION_SNAPSHOT,
  api.ANNOTATION_VERSION,
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
