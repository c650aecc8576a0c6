/**
 * Who a secret is shared with, as people type it and as RBAC names it.
 *
 *     bob                      a user (also user:bob, for a name that begins like one of the others)
 *     group:ml                 a group
 *     serviceaccount:ci/build  the service account `build` of the namespace `ci`
 *     namespace:ci             every service account of the namespace `ci`
 */
import { ApiError } from './errors.ts';
import { isNamespaceName } from './namespace-name.ts';
import type { SecretGrantSubject } from './v1/secret-grant.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const EXPECTED = 'expected a user name, group:NAME, serviceaccount:NAMESPACE/NAME or namespace:NAME';
const MAX_NAME_LENGTH = 512;
const SERVICE_ACCOUNT = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** As Kubernetes calls the user of a service account. */
const SERVICE_ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** A subject of a native RoleBinding. */
export interface RbacSubject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

/** Throws `InvalidSubject`. */
export function parseSubject(text: string): SecretGrantSubject {
  const account = SERVICE_ACCOUNT_USER.exec(text);
  if (account !== null) return serviceAccount(text, account[1] ?? '', account[2] ?? '');
  const [, prefix = '', name = text] = /^(user|group|serviceaccount|namespace):(.*)$/s.exec(text) ?? [];
  switch (prefix) {
    case 'serviceaccount': {
      const slash = name.indexOf('/');
      if (slash === -1) throw invalid(text, 'names no namespace for the service account');
      return serviceAccount(text, name.slice(0, slash), name.slice(slash + 1));
    }
    case 'namespace':
      if (!isNamespaceName(name)) throw invalid(text, 'names no valid namespace');
      return { kind: 'Namespace', name };
    case 'group':
      return { kind: 'Group', name: checkedName(text, name) };
    default:
      return { kind: 'User', name: checkedName(text, name) };
  }
}

/** The text that `parseSubject` reads back. */
export function formatSubject(subject: SecretGrantSubject): string {
  switch (subject.kind) {
    case 'User':
      return isAmbiguous(subject.name) ? `user:${subject.name}` : subject.name;
    case 'Group':
      return `group:${subject.name}`;
    case 'ServiceAccount':
      return `serviceaccount:${subject.namespace ?? ''}/${subject.name}`;
    case 'Namespace':
      return `namespace:${subject.name}`;
  }
}

/** What a RoleBinding names for the subject itself; the homes of a user or group are added with `serviceAccountsOf`. */
export function rbacSubjectOf(subject: SecretGrantSubject): RbacSubject {
  switch (subject.kind) {
    case 'User':
      return { apiGroup: RBAC_GROUP, kind: 'User', name: subject.name };
    case 'Group':
      return { apiGroup: RBAC_GROUP, kind: 'Group', name: subject.name };
    case 'ServiceAccount':
      return { kind: 'ServiceAccount', name: subject.name, namespace: subject.namespace ?? '' };
    case 'Namespace':
      return serviceAccountsOf(subject.name);
  }
}

/** The RBAC group that every service account of a namespace is in. */
function serviceAccountsOf(namespace: string): RbacSubject {
  return { apiGroup: RBAC_GROUP, kind: 'Group', name: `system:serviceaccounts:${namespace}` };
}

function serviceAccount(text: string, namespace: string, name: string): SecretGrantSubject {
  if (!isNamespaceName(namespace)) throw invalid(text, 'names no valid namespace');
  if (!SERVICE_ACCOUNT.test(name)) throw invalid(text, 'names no valid service account');
  return { kind: 'ServiceAccount', name, namespace };
}

function checkedName(text: string, name: string): string {
  if (name === '') throw invalid(text, 'is empty');
  if (Array.from(name).length > MAX_NAME_LENGTH) throw invalid(text, `is longer than ${MAX_NAME_LENGTH} characters`);
  if (name.trim() !== name || CONTROL_CHARACTER.test(name)) {
    throw invalid(text, 'begins or ends with a space, or holds a control character');
  }
  return name;
}

function isAmbiguous(name: string): boolean {
  return /^(user|group|serviceaccount|namespace):/.test(name) || SERVICE_ACCOUNT_USER.test(name);
}

function invalid(text: string, problem: string): ApiError {
  return new ApiError('InvalidSubject', `The subject ${JSON.stringify(text)} ${problem}; ${EXPECTED}.`);
}
