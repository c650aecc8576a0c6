/** The Roles and RoleBindings that a grant stands for, and how one that exists differs from them. Pure. */
import {
  ANNOTATION_OWNER_UID,
  GROUP,
  LABEL_MANAGED_BY,
  LABEL_SECRET_GRANT,
  MANAGED_BY,
  VERB_COPY,
  VERB_SHARE,
  VERB_USE,
} from '../../api/index.ts';
import { mergePatch } from '../../kernel/index.ts';
import { objectBytes } from '../object-bytes.ts';
import { personRoleName, useRoleName } from '../grant-names.ts';
import { labelValue, ownerReferenceTo } from '../ownership.ts';
import { rbacName } from '../rbac-name.ts';
import type { Role, RoleBinding } from '../resources.ts';
import { mayName, subjectDigests } from '../subject-digests.ts';
import { serviceAccountsGroup, type Subject } from '../subjects.ts';
import { subjectsHash, type RoleBindingView, type RoleView } from '../rbac-views.ts';
import type { SecretGrantView } from '../views.ts';

/** A Role with its RoleBinding, of one name. */
export interface DesiredBinding {
  readonly name: string;
  readonly rules: NonNullable<Role['rules']>;
  readonly subjects: NonNullable<RoleBinding['subjects']>;
}

export type BoundKind = 'Role' | 'RoleBinding';
export type Bound = RoleView | RoleBindingView;

export function kindOf(bound: Bound): BoundKind {
  return 'subjects' in bound ? 'RoleBinding' : 'Role';
}

const rbacGroup = 'rbac.authorization.k8s.io';

/** What is written for a grant, as text; a new text is never held back. */
export function desiredText(grant: SecretGrantView, homes: readonly string[]): string {
  return JSON.stringify(bindingsOf(grant, homes));
}

export function bindingsOf({ metadata, spec }: SecretGrantView, homes: readonly string[]): readonly DesiredBinding[] {
  const { uid } = metadata;
  const { secret, subject, access = 'read' } = spec;
  const onSecrets = (verbs: readonly string[]) => ({
    apiGroups: [GROUP],
    resources: ['usersecrets'],
    verbs,
    ...(secret === undefined ? {} : { resourceNames: [secret] }),
  });
  const person = personOf(subject);
  const use: DesiredBinding = {
    name: useRoleName(uid),
    rules: [onSecrets(access === 'copy' ? [VERB_USE, VERB_COPY] : [VERB_USE])],
    subjects: [...person, ...jobsOf(subject, homes)],
  };
  // Jobs of a namespace never get the rights of write and manage: anyone who can create a Pod there would have them too. And those
  // rights do not include `copy`, by which the value can be read.
  if (access === 'read' || access === 'copy' || person.length === 0) return [use];
  const manages = access === 'manage';
  const personal: DesiredBinding = {
    name: personRoleName(uid),
    rules: [
      onSecrets(['get', 'update', 'patch', 'delete', ...(manages ? [VERB_SHARE] : [])]),
      ...(manages
        ? [{ apiGroups: [GROUP], resources: ['secretgrants'], verbs: ['create', 'get', 'update', 'patch', 'delete'] }]
        : []),
    ],
    subjects: person,
  };
  return [use, personal];
}

type RbacSubject = DesiredBinding['subjects'][number];

function personOf(subject: Subject): readonly RbacSubject[] {
  switch (subject.kind) {
    case 'User':
    case 'Group':
      return [{ apiGroup: rbacGroup, kind: subject.kind, name: subject.name }];
    case 'ServiceAccount':
      return [{ kind: 'ServiceAccount', name: subject.name, namespace: subject.namespace ?? '' }];
    case 'Namespace':
      return [];
    default:
      subject.kind satisfies never;
      return [];
  }
}

/** The service accounts as which the subject's jobs act. */
function jobsOf(subject: Subject, homes: readonly string[]): readonly RbacSubject[] {
  const namespaces = subject.kind === 'Namespace' ? [subject.name] : homes;
  return namespaces.map((namespace) => ({ apiGroup: rbacGroup, kind: 'Group', name: serviceAccountsGroup(namespace) }));
}

/** The Role, as it is created. */
export function roleOf(grant: SecretGrantView, desired: DesiredBinding): Omit<Role, 'apiVersion' | 'kind'> {
  return { metadata: metadataOf(grant, desired), rules: desired.rules };
}

/** The RoleBinding, as it is created. */
export function roleBindingOf(
  grant: SecretGrantView,
  desired: DesiredBinding,
): Omit<RoleBinding, 'apiVersion' | 'kind'> {
  return { metadata: metadataOf(grant, desired), roleRef: roleRefOf(desired), subjects: desired.subjects };
}

function metadataOf({ metadata: { namespace, name, uid } }: SecretGrantView, desired: DesiredBinding) {
  return {
    namespace,
    name: desired.name,
    labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_SECRET_GRANT]: labelValue(name) },
    annotations: { [ANNOTATION_OWNER_UID]: uid },
    ownerReferences: [ownerReferenceTo({ kind: 'SecretGrant', name, uid })],
  };
}

function roleRefOf({ name }: DesiredBinding) {
  return { apiGroup: rbacGroup, kind: 'Role', name };
}

/** `replace`: what a binding refers to cannot be changed. An object: the merge patch. Undefined: it is as desired. */
type Difference = 'foreign' | 'replace' | Readonly<Record<string, unknown>> | undefined;

/** How an object that has the name differs from what is desired. */
export function differenceOf(grant: SecretGrantView, desired: DesiredBinding, existing: Bound): Difference {
  if (existing.ownerUid !== grant.metadata.uid) return 'foreign';
  const metadata = metadataOf(grant, desired);
  const isBinding = 'subjects' in existing;
  if (isBinding && mergePatch(existing.roleRef, roleRefOf(desired)) !== undefined) return 'replace';
  const change = isBinding
    ? subjectsChange(existing, desired)
    : mergePatch({ rules: existing.rules }, { rules: desired.rules });
  const labels = existing.metadata.labels ?? {};
  const areLabelsRight = Object.entries(metadata.labels).every(([name, value]) => labels[name] === value);
  if (change === undefined && areLabelsRight && existing.isControlled) return undefined;
  const { labels: desiredLabels, annotations, ownerReferences } = metadata;
  const { resourceVersion } = existing.metadata;
  return {
    ...(change as object | undefined),
    metadata: { labels: desiredLabels, annotations, ownerReferences, resourceVersion },
  };
}

/** Subjects up to this size, some 40 homes, cost about as much as what people write themselves. */
const smallSubjectsBytes = 4_096;

/**
 * Bytes of a RoleBinding that may wait until its namespace has them: of a large group, all of whose homes are written with each change of one.
 * 0 for a small one, and where it ends anybody's access, which waits for nothing.
 */
export function postponableBytes(existing: RoleBindingView | undefined, { subjects }: DesiredBinding): number {
  const bytes = objectBytes(subjects);
  return bytes <= smallSubjectsBytes || (existing !== undefined && takesFrom(existing, subjects)) ? 0 : bytes;
}

/** Whether somebody who is bound is not among those. */
function takesFrom(existing: RoleBindingView, subjects: DesiredBinding['subjects']): boolean {
  if (!existing.hasTooManySubjects) {
    const names = new Set(subjects.map(rbacName));
    return (existing.subjects ?? []).some((subject) => !names.has(rbacName(subject)));
  }
  const digests = subjectDigests(subjects);
  return digests === undefined || existing.subjectDigests?.every((digest) => mayName(digests, digest)) !== true;
}

/** The patch of the subjects; undefined where they are as desired. A store does not keep the subjects of a large group, so their hash is compared. */
function subjectsChange(existing: RoleBindingView, { subjects }: DesiredBinding): unknown {
  if (!existing.hasTooManySubjects) return mergePatch({ subjects: existing.subjects }, { subjects });
  return existing.subjectsHash === subjectsHash(subjects) ? undefined : { subjects };
}
