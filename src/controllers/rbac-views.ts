/** What the stores keep of the Roles and RoleBindings that grants make. */
import { createHash } from 'node:crypto';
import { ANNOTATION_OWNER_UID, LABEL_SECRET_GRANT } from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject, ObjectMeta } from '../kernel/index.ts';
import { type ViewMeta, metaOf, ownersOf } from './meta-view.ts';
import { personRoleName, useRoleName } from './grant-names.ts';
import { boundedName, boundedUid, controllerKey, controllerUid, ownerUid } from './ownership.ts';
import { subjectDigests } from './subject-digests.ts';
import type { Role, RoleBinding } from './resources.ts';

export interface RoleView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly ownerUid: string | undefined;
  /** It has the owner reference, not only the annotation that stands in for one which somebody took off. */
  readonly isControlled: boolean;
  /** Key of the grant that it is made for, gone or not. */
  readonly grantKey: string | undefined;
  /** Undefined where they are longer than any of ours: then they are not as they should be. */
  readonly rules: Role['rules'];
}

/** Characters of the rules, or of the subjects, that are kept: anyone can create a large Role with our label. */
const longestRules = 4_096;
/** A subject has some 100 characters: enough for the homes of 40 people. In memory, with what finds them, they take three times as much. */
const longestSubjects = 4_096;

/** Kubernetes bounds the names of all other kinds, and not these. One that is longer is not ours. */
export function hasUsualName({ metadata }: KubeObject): boolean {
  return boundedName(metadata.name) === metadata.name;
}

export function viewRole(object: Role): RoleView {
  const rules = isLonger(object.rules, longestRules) ? undefined : object.rules;
  return { metadata: metaOf(object.metadata), ...grantOf(object.metadata), rules };
}

function isLonger(part: unknown, characters: number): boolean {
  return part !== undefined && JSON.stringify(part).length > characters;
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
  /** More than are kept: `subjects` has the first alone, which is the one that the grant names. */
  readonly hasTooManySubjects: boolean;
  /**
   * Set where there are too many subjects to keep: a hash to compare them, and digests of those that may be among them. Without digests, anybody may
   * be.
   */
  readonly subjectsHash?: string;
  readonly subjectDigests?: Uint32Array;
}

export function viewRoleBinding(object: RoleBinding): RoleBindingView {
  const hasTooManySubjects = isLonger(object.subjects, longestSubjects);
  return {
    metadata: metaOf(object.metadata),
    ...grantOf(object.metadata),
    isHeld: (object.metadata.finalizers?.length ?? 0) > 0,
    roleRef: { ...object.roleRef, name: boundedName(object.roleRef.name) },
    subjects: hasTooManySubjects
      ? object.subjects?.slice(0, 1).filter((first) => !isLonger(first, longestSubjects))
      : object.subjects,
    hasTooManySubjects,
    ...(hasTooManySubjects
      ? defined({ subjectsHash: subjectsHash(object.subjects), subjectDigests: subjectDigests(object.subjects ?? []) })
      : {}),
  };
}

/** The same for the same subjects in the same order. */
export function subjectsHash(subjects: RoleBinding['subjects'] = []): string {
  const hash = createHash('sha256');
  for (const { kind, apiGroup = '', namespace = '', name } of subjects)
    hash.update(JSON.stringify([kind, apiGroup, namespace, name]));
  return hash.digest('base64');
}

function grantOf(metadata: ObjectMeta): Pick<RoleView, 'ownerUid' | 'isControlled' | 'grantKey'> {
  return {
    ownerUid: boundedUid(ownerUid(metadata)),
    isControlled: controllerUid(metadata) !== undefined,
    grantKey:
      controllerUid(metadata) === undefined
        ? formerGrantKey(metadata)
        : controllerKey({ ...metadata, ...ownersOf(metadata) }, 'SecretGrant'),
  };
}

/**
 * The key of the grant that a Role or RoleBinding of ours without an owner reference belonged to. A backup that is restored leaves the reference
 * out, so the garbage collector never deletes the object, but the reconcile of this key does. The label names the grant; where that name was too
 * long for a label, the key is one of no grant, which does as well.
 */
function formerGrantKey({ namespace = '', name, labels, annotations }: ObjectMeta): string | undefined {
  const uid = annotations?.[ANNOTATION_OWNER_UID];
  const isOurs = uid !== undefined && [useRoleName(uid), personRoleName(uid)].includes(name);
  return isOurs ? `${namespace}/${labels?.[LABEL_SECRET_GRANT] ?? name}` : undefined;
}
