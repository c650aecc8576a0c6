/** What the subject of a grant means for namespaces, service accounts and RBAC. The one place that tells its kinds apart. Pure. */
import { type SecretGrantSpec } from '../api/index.ts';
import type { NamespaceView } from './views.ts';

export type Subject = SecretGrantSpec['subject'];

/** Who asks, as the API server sees it. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
  /** The namespace of a service account; undefined for a person. */
  readonly namespace?: string;
}

interface Namespaces {
  get(name: string): NamespaceView | undefined;
  keysByIndex(index: string, value: string): ReadonlySet<string>;
}

/** Namespaces whose people or service accounts the subject is, known or not. */
export function namespacesOf({ kind, name, namespace }: Subject, namespaces: Namespaces): readonly string[] {
  switch (kind) {
    case 'User':
      return [...namespaces.keysByIndex('user', name)];
    case 'Group':
      return [...namespaces.keysByIndex('group', name)];
    case 'ServiceAccount':
      return namespace === undefined ? [] : [namespace];
    case 'Namespace':
      return [name];
    default:
      kind satisfies never;
      return [];
  }
}

/** Whether a grant to the subject is for this identity, by its own name, its groups, or the home that it acts from. */
export function covers({ kind, name, namespace: of }: Subject, identity: Identity, namespaces: Namespaces): boolean {
  const { user, groups, namespace } = identity;
  const home = namespace === undefined ? undefined : namespaces.get(namespace);
  switch (kind) {
    case 'User':
      return name === user || (home?.user !== undefined && name === home.user);
    case 'Group':
      return groups.includes(name) || home?.groups.includes(name) === true;
    case 'ServiceAccount':
      return serviceAccountUser(of ?? '', name) === user;
    case 'Namespace':
      return groups.includes(serviceAccountsGroup(name));
    default:
      kind satisfies never;
      return false;
  }
}

/** The subject of a grant, acting for itself. */
export function identityOfSubject({ kind, name, namespace = '' }: Subject): Identity {
  switch (kind) {
    case 'ServiceAccount':
      return serviceAccountIdentity(namespace, name);
    case 'Namespace':
      return { user: '', groups: serviceAccountGroups(name), namespace: name };
    case 'Group':
      return { user: '', groups: [name, 'system:authenticated'] };
    case 'User':
      return { user: name, groups: ['system:authenticated'] };
    default:
      kind satisfies never;
      return { user: name, groups: [] };
  }
}

export function serviceAccountIdentity(namespace: string, name: string): Identity {
  return { namespace, user: serviceAccountUser(namespace, name), groups: serviceAccountGroups(namespace) };
}

function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

export function serviceAccountsGroup(namespace: string): string {
  return `system:serviceaccounts:${namespace}`;
}

/** The namespace whose service accounts the group is; undefined for any other group. */
export function namespaceOfGroup(group: string): string | undefined {
  const prefix = serviceAccountsGroup('');
  return group.startsWith(prefix) ? group.slice(prefix.length) : undefined;
}

function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', serviceAccountsGroup(namespace), 'system:authenticated'];
}
