/** What the stores keep of the Roles and RoleBindings that grants make. */
import type { KubeObject, ObjectMeta } from '../kernel/index.ts';
import { type ViewMeta, metaOf } from './meta-view.ts';
import { controllerKey, controllerUid, ownerUid } from './ownership.ts';
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
/** A subject has some 100 characters: enough for the homes of 500 people. */
const longestSubjects = 64 * 1024;

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
  /** `tooMany`: more than is kept. Anybody may be among them. */
  readonly subjects: RoleBinding['subjects'];
  readonly hasTooManySubjects: boolean;
}

export function viewRoleBinding(object: RoleBinding): RoleBindingView {
  const hasTooManySubjects = isLonger(object.subjects, longestSubjects);
  return {
    metadata: metaOf(object.metadata),
    ...grantOf(object.metadata),
    isHeld: (object.metadata.finalizers?.length ?? 0) > 0,
    roleRef: object.roleRef,
    subjects: hasTooManySubjects ? [] : object.subjects,
    hasTooManySubjects,
  };
}

function grantOf(metadata: ObjectMeta): Pick<RoleView, 'ownerUid' | 'isControlled' | 'grantKey'> {
  return {
    ownerUid: ownerUid(metadata),
    isControlled: controllerUid(metadata) !== undefined,
    grantKey: controllerKey(metadata, 'SecretGrant'),
  };
}
