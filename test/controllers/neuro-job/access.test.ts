import { describe, expect, test } from 'vitest';
import { AccessReviews } from '../../../src/controllers/access-reviews.ts';
import { bindingIndexes } from '../../../src/controllers/binding-index.ts';
import { askAccess, identityOf, missingRefs } from '../../../src/controllers/neuro-job/access.ts';
import type { RoleBindingView } from '../../../src/controllers/rbac-views.ts';
import type { NamespaceView, SecretGrantView } from '../../../src/controllers/views.ts';
import type { Watched } from '../../../src/controllers/watched.ts';
import { Store, type KubeClient } from '../../../src/kernel/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aJob, aUserSecret, factsOf } from './builders.ts';

const nowMs = Date.parse('2027-01-01T12:00:00Z');
const ref = { namespace: 'alice', name: 'db-password' };
const identity = identityOf({ metadata: { namespace: 'bob' }, spec: {} } as never);

function meta(name: string, uid: string, more: object = {}) {
  return { namespace: 'alice', name, uid, resourceVersion: '1', generation: 1, creationTimestamp: '', ...more };
}

function grant(spec: Partial<SecretGrantView['spec']>, more: object = {}): SecretGrantView {
  return {
    metadata: meta('to-bob', 'grant-uid', more),
    spec: { secret: 'db-password', subject: { kind: 'User', name: 'bob' }, ...spec },
    status: {},
    bytes: 500,
  };
}

function binding(group = 'system:serviceaccounts:bob'): RoleBindingView {
  return {
    metadata: meta('neuro-grant-grant-uid', 'binding-uid'),
    ownerUid: 'grant-uid',
    isControlled: true,
    isHeld: false,
    hasTooManySubjects: false,
    grantKey: 'alice/to-bob',
    roleRef: { apiGroup: '', kind: 'Role', name: 'neuro-grant-grant-uid' },
    subjects: [{ kind: 'Group', name: group }],
  };
}

/** The API server's answer is the same throughout: its cache may still say yes. */
async function answer(
  allowed: boolean,
  grants: readonly SecretGrantView[],
  bindings: readonly RoleBindingView[],
  home: Partial<NamespaceView> = { user: 'bob' },
) {
  const namespaces = new Store<NamespaceView>();
  namespaces.set({
    metadata: { name: 'bob', uid: 'u', resourceVersion: '1' },
    user: undefined,
    groups: [],
    wantsSharedList: false,
    ...home,
  });
  const secretGrants = new Store<SecretGrantView>();
  const roleBindings = new Store<RoleBindingView>(bindingIndexes);
  for (const each of grants) secretGrants.set(each);
  for (const each of bindings) roleBindings.set(each);
  const watched = {
    secretGrants: { store: secretGrants },
    roleBindings: { store: roleBindings },
    namespaces: { store: namespaces },
  } as unknown as Watched;
  const client = { review: () => Promise.resolve({ allowed }) } as unknown as KubeClient;
  const reviews = new AccessReviews({ client, clock: new ManualClock() });
  const answers = await askAccess(
    { reviews, watched, nowMs: () => nowMs },
    identity,
    [ref],
    new AbortController().signal,
  );
  return answers.get('alice/db-password');
}

describe('a yes of the API server', () => {
  test.each([
    ['counts while the grant is in force', 'allowed', [grant({})], [binding()]],
    ['counts until the last moment', 'allowed', [grant({ expiresAt: '2027-01-01T12:00:01Z' })], [binding()]],
    ['counts where an administrator bound it by hand', 'allowed', [], []],
    [
      'does not count once the grant has expired',
      'unsettled',
      [grant({ expiresAt: '2027-01-01T12:00:00Z' })],
      [binding()],
    ],
    ['does not count once the grant is gone and its binding still stands', 'unsettled', [], [binding()]],
    [
      'does not count while the grant is being deleted',
      'unsettled',
      [grant({}, { deletionTimestamp: 'x' })],
      [binding()],
    ],
    [
      'does not count by the binding of a former grant of the name',
      'unsettled',
      [grant({}, { uid: 'other' })],
      [binding()],
    ],
    [
      'counts where the binding that is left over is somebody else’s',
      'allowed',
      [],
      [binding('system:serviceaccounts:carol')],
    ],
    [
      'counts where the expired grant is about another secret',
      'allowed',
      [grant({ secret: 'other', expiresAt: '2026-01-01T00:00:00Z' })],
      [binding()],
    ],
  ])('%s', async (_sentence, expected, grants, bindings) => {
    expect(await answer(true, grants, bindings)).toBe(expected);
  });
});

describe('a binding that still exists for a namespace', () => {
  const ofGroup = grant({ subject: { kind: 'Group', name: 'ml' } });
  test.each<[string, string, SecretGrantView, Partial<NamespaceView>]>([
    ['that is nobody’s home any more does not count', 'unsettled', grant({}), {}],
    ['that was made again for somebody else does not count', 'unsettled', grant({}), { user: 'mallory' }],
    ['that left the group does not count', 'unsettled', ofGroup, { user: 'bob', groups: ['web'] }],
    ['that is in the group counts', 'allowed', ofGroup, { groups: ['web', 'ml'] }],
    ['that the grant names itself counts', 'allowed', grant({ subject: { kind: 'Namespace', name: 'bob' } }), {}],
    [
      'whose service accounts the grant names as a group counts',
      'allowed',
      grant({ subject: { kind: 'Group', name: 'system:serviceaccounts:bob' } }),
      {},
    ],
    [
      'whose service account the grant names counts',
      'allowed',
      grant({ subject: { kind: 'ServiceAccount', name: 'default', namespace: 'bob' } }),
      {},
    ],
  ])('%s', async (_sentence, expected, one, home) => {
    expect(await answer(true, [one], [binding()], home)).toBe(expected);
  });
});

test('a no is a no, whatever the stores say', async () => {
  expect(await answer(false, [grant({})], [binding()])).toBe('denied');
});

describe('a secret that is a copy', () => {
  const copy = { sharedFrom: { namespace: 'platform', name: 'db' } };
  test.each([
    ['of another namespace is missing, though a grant over all of its secrets says yes', 'alice', copy, ['alice']],
    ['is used by jobs of its own namespace', 'bob', copy, []],
    ['is the only kind that another namespace does not use', 'alice', {}, []],
  ])('%s', (_sentence, namespace, source, missing) => {
    const secret = { namespace, name: 'db-password' };
    const facts = factsOf({
      job: aJob({ env: [{ name: 'PASSWORD', fromSecret: secret }] }),
      userSecrets: new Map([[`${namespace}/db-password`, aUserSecret('db-password', source, { namespace })]]),
      access: new Map([[`${namespace}/db-password`, 'allowed']]),
    });
    expect(missingRefs(facts).map((each) => each.namespace)).toEqual(missing);
  });
});

test('a job is its service account, with the groups that the API server gives it', () => {
  expect(identity).toEqual({
    namespace: 'bob',
    user: 'system:serviceaccount:bob:default',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:bob', 'system:authenticated'],
  });
});
