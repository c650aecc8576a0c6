/** Tables of what grants let others do, and of what somebody changes of their Roles and RoleBindings. */
import type { SecretGrantSpec } from '../../src/api/index.ts';
import { jobIn, type Person } from '../support/operator-world.ts';

/** Names that no other test has. */
export interface People {
  /** Alice's namespace. */
  readonly alice: string;
  /** A user, and his home. */
  readonly bob: string;
  readonly home: string;
}

export const useVerbs = ['use'];
export const writeVerbs = ['get', 'update', 'patch', 'delete'];

const person = ({ bob }: People): Person => ({ user: bob, groups: ['system:authenticated'] });
/** What a grant says, who asks, and the verbs that they hold then. */
export const accessCases: readonly (readonly [
  string,
  (people: People) => Omit<SecretGrantSpec, 'secret'>,
  (people: People) => Person,
  verbs: readonly string[],
])[] = [
  ['a user, read', ({ bob }) => ({ subject: { kind: 'User', name: bob } }), person, useVerbs],
  [
    'jobs in his home, read',
    ({ bob }) => ({ subject: { kind: 'User', name: bob } }),
    ({ home }) => jobIn(home),
    useVerbs,
  ],
  [
    'a user, write',
    ({ bob }) => ({ subject: { kind: 'User', name: bob }, access: 'write' }),
    person,
    [...useVerbs, ...writeVerbs],
  ],
  [
    'jobs in his home, write',
    ({ bob }) => ({ subject: { kind: 'User', name: bob }, access: 'write' }),
    ({ home }) => jobIn(home),
    useVerbs,
  ],
  [
    'a user, manage',
    ({ bob }) => ({ subject: { kind: 'User', name: bob }, access: 'manage' }),
    person,
    [...useVerbs, ...writeVerbs, 'share'],
  ],
  [
    'jobs in his home, manage',
    ({ bob }) => ({ subject: { kind: 'User', name: bob }, access: 'manage' }),
    ({ home }) => jobIn(home),
    useVerbs,
  ],
  [
    'a member of a group, write',
    ({ alice }) => ({ subject: { kind: 'Group', name: `ml-${alice}` }, access: 'write' }),
    ({ alice }) => ({ user: 'carol', groups: [`ml-${alice}`] }),
    [...useVerbs, ...writeVerbs],
  ],
  [
    'jobs in a home of a group',
    ({ alice }) => ({ subject: { kind: 'Group', name: `web-${alice}` } }),
    ({ home }) => jobIn(home),
    useVerbs,
  ],
  [
    'a service account, write',
    ({ home }) => ({ subject: { kind: 'ServiceAccount', name: 'default', namespace: home }, access: 'write' }),
    ({ home }) => jobIn(home),
    [...useVerbs, ...writeVerbs],
  ],
  [
    'another service account',
    ({ home }) => ({ subject: { kind: 'ServiceAccount', name: 'build', namespace: home } }),
    ({ home }) => jobIn(home),
    [],
  ],
  [
    'jobs of a namespace, also with manage',
    ({ home }) => ({ subject: { kind: 'Namespace', name: home }, access: 'manage' }),
    ({ home }) => jobIn(home),
    useVerbs,
  ],
  [
    'somebody else',
    ({ bob }) => ({ subject: { kind: 'User', name: bob }, access: 'manage' }),
    () => ({ user: 'mallory' }),
    [],
  ],
  ['jobs elsewhere', ({ bob }) => ({ subject: { kind: 'User', name: bob } }), () => jobIn('default'), []],
];

/** Each is put back. */
export const edits: readonly [string, 'roles' | 'rolebindings', unknown][] = [
  ['a Role with a wider rule', 'roles', { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] }],
  ['a Role without rules', 'roles', { rules: null }],
  ['a Role without labels', 'roles', { metadata: { labels: null } }],
  ['a Role without an owner', 'roles', { metadata: { ownerReferences: null } }],
  [
    'a RoleBinding to somebody else',
    'rolebindings',
    { subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'mallory' }] },
  ],
  ['a RoleBinding without subjects', 'rolebindings', { subjects: null }],
  ['a RoleBinding without labels', 'rolebindings', { metadata: { labels: null } }],
  ['a RoleBinding without an owner', 'rolebindings', { metadata: { ownerReferences: null } }],
  [
    'a RoleBinding without an owner and a note of it',
    'rolebindings',
    { metadata: { ownerReferences: null, labels: { 'neu.ro/managed-by': null } } },
  ],
];
