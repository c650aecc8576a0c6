/**
 * Which objects are ours to change. Labels alone prove nothing, since anybody who may write an object can set them: an object is
 * ours when its controlling owner reference, or where it has none (deletionPolicy Orphan) its owner annotation, holds the owner's UID.
 */
import { hash } from 'node:crypto';
import { ANNOTATION_OWNER_UID, API_VERSION } from '../api/index.ts';
import type { ObjectMeta, OwnerReference } from '../kernel/index.ts';

export interface Owner {
  readonly kind: 'UserSecret' | 'SecretGrant' | 'NeuroJob' | 'NeuroSchedule';
  readonly name: string;
  readonly uid: string;
}

export function ownerReferenceTo(owner: Owner): OwnerReference {
  return { apiVersion: API_VERSION, kind: owner.kind, name: owner.name, uid: owner.uid, controller: true };
}

/** The owner reference to the object that controls this one; undefined where nothing does. */
export function controllerOf(metadata: Pick<ObjectMeta, 'ownerReferences'>): OwnerReference | undefined {
  return metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** The UID of the object that controls this one; undefined where nothing does. */
export function controllerUid(metadata: Pick<ObjectMeta, 'ownerReferences'>): string | undefined {
  return controllerOf(metadata)?.uid;
}

/** Whether the owner reference is to that very object, kind and name too: one with only its UID names something that is not there. */
export function refersTo(reference: OwnerReference, owner: Owner): boolean {
  return (
    reference.apiVersion === API_VERSION &&
    reference.kind === owner.kind &&
    reference.name === owner.name &&
    reference.uid === owner.uid &&
    reference.controller === true
  );
}

/** The UID of the object that this one belongs to, by owner reference or, without one, by annotation. */
export function ownerUid(metadata: Pick<ObjectMeta, 'ownerReferences' | 'annotations'>): string | undefined {
  return controllerUid(metadata) ?? metadata.annotations?.[ANNOTATION_OWNER_UID];
}

export function isOwnedBy(metadata: Pick<ObjectMeta, 'ownerReferences' | 'annotations'>, uid: string): boolean {
  return ownerUid(metadata) === uid;
}

/** Whether the object's owner was an object of that kind and name that is gone: the garbage collector is about to take it. */
export function belongsToFormer(metadata: Pick<ObjectMeta, 'ownerReferences'>, owner: Owner): boolean {
  const reference = controllerOf(metadata);
  return (
    reference?.apiVersion === API_VERSION &&
    reference.kind === owner.kind &&
    reference.name === owner.name &&
    reference.uid !== owner.uid
  );
}

/** `namespace/name` of the object of that kind that controls this one, whether or not it still exists. */
export function controllerKey(
  metadata: Pick<ObjectMeta, 'namespace' | 'ownerReferences'>,
  kind: Owner['kind'],
): string | undefined {
  const reference = controllerOf(metadata);
  if (reference?.kind !== kind || reference.apiVersion !== API_VERSION) return undefined;
  return `${metadata.namespace ?? ''}/${reference.name}`;
}

/** Characters of a UID: Kubernetes' have 36, and the API server takes any text for that of an owner. */
const longestUid = 64;
/** Characters of a name, and of a kind or an API version, which are shorter. */
const longestName = 253;
/** Stands in place of a longer text. No object has this text. */
const tooLong = '(too long)';

/** The UID for a store: the same, or a text that no object has. */
export function boundedUid(uid: string | undefined): string | undefined {
  return uid !== undefined && uid.length > longestUid ? tooLong : uid;
}

/** The name for a store: the same, or a text that no object has. */
export function boundedName(name: string): string {
  return name.length > longestName ? tooLong : name;
}

/** The owner reference for a store. Anybody can write one of any length. */
export function boundedReference(reference: OwnerReference): OwnerReference {
  const { apiVersion, kind, name, uid } = reference;
  if (uid.length <= longestUid && [apiVersion, kind, name].every(({ length }) => length <= longestName))
    return reference;
  return {
    ...reference,
    apiVersion: boundedName(apiVersion),
    kind: boundedName(kind),
    name: boundedName(name),
    uid: boundedUid(uid) ?? '',
  };
}

/** Characters of a label's value. */
const longestLabel = 63;
const hashDigits = 8;

/** A name as the value of a label: a longer one ends in a hash of the whole, so that two long names stay two. */
export function labelValue(name: string): string {
  if (name.length <= longestLabel) return name;
  const digits = hash('sha256', name, 'hex').slice(0, hashDigits);
  return `${name.slice(0, longestLabel - hashDigits - 1).replace(/[^a-z0-9]+$/, '')}-${digits}`;
}

/** What to do about an object that is deleted and stays. No view keeps finalizers: anybody can write any number of them. */
export function keptByFinalizer(object: string, namespace: string): string {
  return `if it stays, a finalizer keeps it: kubectl get ${object} -n ${namespace} -o jsonpath='{.metadata.finalizers}'`;
}
