/** What every store keeps of an object's metadata: only labels and annotations that a decision reads. */
import * as api from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject, ObjectMeta } from '../kernel/index.ts';
import { boundedReference, boundedUid, ownerUid } from './ownership.ts';

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

/** The object exists, and nobody is deleting it. */
export function isThere(object: { readonly metadata: Pick<ViewMeta, 'deletionTimestamp'> } | undefined): boolean {
  return object !== undefined && object.metadata.deletionTimestamp === undefined;
}

export function viewMeta(object: KubeObject): MetaView {
  return { metadata: metaOf(object.metadata), ownerUid: boundedUid(ownerUid(object.metadata)) };
}

/** Keeps only the annotations with the given names: each kind of object needs few of ours, and anybody can write any of them. */
export function metaOf(metadata: ObjectMeta, annotations?: readonly string[]): ViewMeta {
  const labels = known(metadata.labels, knownLabels);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    generation: metadata.generation ?? 0,
    creationTimestamp: metadata.creationTimestamp ?? '',
    ...defined({ deletionTimestamp: metadata.deletionTimestamp, labels }),
    ...(annotations === undefined || metadata.annotations === undefined
      ? {}
      : { annotations: known(metadata.annotations, annotations) ?? {} }),
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
/** On a UserSecret. */
export const userSecretAnnotations: readonly string[] = [
  api.ANNOTATION_GENERATED_FOR,
  api.ANNOTATION_ROTATE,
  api.ANNOTATION_USED_REPLACEMENT,
];
/** On the native Secret of one, and on those with its former and next values. */
export const secretAnnotations: readonly string[] = [
  api.ANNOTATION_ADOPT,
  api.ANNOTATION_COPIED_FROM,
  api.ANNOTATION_COPIED_VERSION,
  api.ANNOTATION_GENERATED_AT,
  api.ANNOTATION_NEXT_PROOF,
  api.ANNOTATION_ON_REVOKE,
  api.ANNOTATION_ORPHAN,
  api.ANNOTATION_OWNER_UID,
  api.ANNOTATION_PARTS,
  api.ANNOTATION_REGENERATED,
  api.ANNOTATION_ROTATED_FOR,
  api.ANNOTATION_SEALED_WITH,
  api.ANNOTATION_SECRET_METADATA,
  api.ANNOTATION_SOURCE_HASH,
  api.ANNOTATION_VERSION,
];
/** On the snapshot of a job. */
export const snapshotAnnotations: readonly string[] = [api.ANNOTATION_OWNER_UID];

/** Characters of an annotation: a namespace and a name have 317 together. A longer one is not ours, and is not kept. */
const longestAnnotation = 512;
/** The keys of eight labels and eight annotations. */
const longerAnnotations: Readonly<Record<string, number>> = {
  [api.ANNOTATION_SECRET_METADATA]: 8 * 1024,
};
/** A request of a person may be any text: of a longer one, the beginning counts. */
const requests: readonly string[] = [api.ANNOTATION_ROTATE, api.ANNOTATION_ROTATED_FOR];

export function known(
  all: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (all === undefined) return undefined;
  const kept: Record<string, string> = {};
  for (const name of names) {
    const text = Object.hasOwn(all, name) ? all[name] : undefined;
    if (text === undefined) continue;
    if (text.length <= (longerAnnotations[name] ?? longestAnnotation)) kept[name] = text;
    else if (requests.includes(name)) kept[name] = beginningOf(text);
  }
  return kept;
}

/** Copied: a mere slice would keep the whole text in memory. */
function beginningOf(text: string): string {
  return Buffer.from(text.slice(0, longestAnnotation)).toString();
}

/** Owner references that are kept: there is one of ours. */
const mostOwners = 16;

export function ownersOf(metadata: ObjectMeta): Pick<ObjectMeta, 'ownerReferences'> {
  return defined({ ownerReferences: metadata.ownerReferences?.slice(0, mostOwners).map(boundedReference) });
}
