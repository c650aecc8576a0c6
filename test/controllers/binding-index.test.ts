import { expect, test } from 'vitest';
import { bindingIndexes, bindingsFor } from '../../src/controllers/binding-index.ts';
import type { RoleBindingView } from '../../src/controllers/rbac-views.ts';
import type { RoleBinding } from '../../src/controllers/resources.ts';
import { mostDigests, subjectDigests } from '../../src/controllers/subject-digests.ts';
import { serviceAccountIdentity } from '../../src/controllers/subjects.ts';
import { Store } from '../../src/kernel/index.ts';

type Subjects = NonNullable<RoleBinding['subjects']>;

const job = serviceAccountIdentity('bob', 'default');

function binding(name: string, subjects: Subjects, more: Partial<RoleBindingView> = {}): RoleBindingView {
  return {
    metadata: { namespace: 'alice', name, uid: name, resourceVersion: '1', generation: 1, creationTimestamp: '' },
    ownerUid: 'grant-uid',
    isControlled: true,
    isHeld: false,
    hasTooManySubjects: false,
    grantKey: 'alice/grant',
    roleRef: { apiGroup: '', kind: 'Role', name },
    subjects,
    ...more,
  };
}

/** Of a thousand groups, and that one. */
function digests(name: string): Uint32Array {
  const groups = Array.from({ length: 1_000 }, (_, index) => ({ kind: 'Group', name: `group-${String(index)}` }));
  return subjectDigests([...groups, { kind: 'Group', name }]) ?? new Uint32Array();
}

test('a binding with more subjects than there are digests may name anybody', () => {
  const group = { kind: 'Group', name: 'ml' };
  expect(subjectDigests(Array.from({ length: mostDigests }, () => group))).toHaveLength(mostDigests);
  expect(subjectDigests(Array.from({ length: mostDigests + 1 }, () => group))).toBeUndefined();
});

/** How many objects were read from it. */
class CountingStore extends Store<RoleBindingView> {
  reads = 0;

  override get(key: string): RoleBindingView | undefined {
    this.reads += 1;
    return super.get(key);
  }
}

test.each<[string, boolean, Subjects, Partial<RoleBindingView>]>([
  ['its service account', true, [{ kind: 'ServiceAccount', namespace: 'bob', name: 'default' }], {}],
  ['its service account as a user', true, [{ kind: 'User', name: 'system:serviceaccount:bob:default' }], {}],
  ['the service accounts of its namespace', true, [{ kind: 'Group', name: 'system:serviceaccounts:bob' }], {}],
  ['everybody', true, [{ kind: 'Group', name: 'system:authenticated' }], {}],
  [
    'it beside others',
    true,
    [
      { kind: 'User', name: 'x' },
      { kind: 'Group', name: 'system:serviceaccounts:bob' },
    ],
    {},
  ],
  ['more subjects than are kept', true, [], { hasTooManySubjects: true }],
  [
    'more subjects than are kept, with it',
    true,
    [],
    { hasTooManySubjects: true, subjectDigests: digests('system:serviceaccounts:bob') },
  ],
  [
    'more subjects than are kept, without it',
    false,
    [],
    { hasTooManySubjects: true, subjectDigests: digests('system:serviceaccounts:carol') },
  ],
  ['another service account', false, [{ kind: 'ServiceAccount', namespace: 'bob', name: 'other' }], {}],
  ['one of that name elsewhere', false, [{ kind: 'ServiceAccount', namespace: 'carol', name: 'default' }], {}],
  ['a user of the name of its group', false, [{ kind: 'User', name: 'system:serviceaccounts:bob' }], {}],
  [
    'it, in another namespace',
    false,
    [{ kind: 'Group', name: 'system:serviceaccounts:bob' }],
    {
      metadata: { ...binding('far', []).metadata, namespace: 'carol' },
    },
  ],
])('a binding of %s counts: %s', (_what, expected, subjects, more) => {
  const store = new Store<RoleBindingView>(bindingIndexes);
  store.set(binding('one', subjects, more));
  expect(bindingsFor(store, job, 'alice')).toHaveLength(expected ? 1 : 0);
});

test('of ten thousand bindings only those are read that name the job', () => {
  const store = new CountingStore(bindingIndexes);
  for (let index = 0; index < 10_000; index += 1)
    store.set(binding(`b-${String(index)}`, [{ kind: 'Group', name: `system:serviceaccounts:n${String(index)}` }]));
  store.set(binding('its', [{ kind: 'Group', name: 'system:serviceaccounts:bob' }]));
  store.reads = 0;
  expect(bindingsFor(store, job, 'alice').map(({ metadata: { name } }) => name)).toEqual(['its']);
  expect(store.reads).toBe(1);
});
