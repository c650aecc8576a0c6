import { describe, expect, test } from '@jest/globals';
import { askAccess, identityOf } from '../../../src/controllers/neuro-job/access.ts';
import type { RoleBindingView, SecretGrantView } from '../../../src/controllers/views.ts';
import type { Watched } from '../../../src/controllers/watched.ts';
import { Store, type KubeClient } from '../../../src/kernel/index.ts';

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
  };
}

function binding(group = 'system:serviceaccounts:bob'): RoleBindingView {
  return {
    metadata: meta('neuro-grant-grant-uid', 'binding-uid'),
    ownerUid: 'grant-uid',
    isControlled: true,
    grantKey: 'alice/to-bob',
    roleRef: { apiGroup: '', kind: 'Role', name: 'neuro-grant-grant-uid' },
    subjects: [{ kind: 'Group', name: group }],
  };
}

/** The API server's answer is the same throughout: its cache may still say yes. */
async function answer(allowed: boolean, grants: readonly SecretGrantView[], bindings: readonly RoleBindingView[]) {
  const secretGrants = new Store<SecretGrantView>();
  const roleBindings = new Store<RoleBindingView>({ namespace: ({ metadata }) => [metadata.namespace] });
  for (const each of grants) secretGrants.set(each);
  for (const each of bindings) roleBindings.set(each);
  const watched = {
    secretGrants: { store: secretGrants },
    roleBindings: { store: roleBindings },
  } as unknown as Watched;
  const client = { create: () => Promise.resolve({ status: { allowed } }) } as unknown as KubeClient;
  const answers = await askAccess({ client, watched, nowMs }, identity, [ref], new AbortController().signal);
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

test('a no is a no, whatever the stores say', async () => {
  expect(await answer(false, [grant({})], [binding()])).toBe('denied');
});

test('a job is its service account, with the groups that the API server gives it', () => {
  expect(identity).toEqual({
    user: 'system:serviceaccount:bob:default',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:bob', 'system:authenticated'],
  });
});
