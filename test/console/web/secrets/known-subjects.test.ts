import { expect, test } from 'vitest';
import type { SecretGrant, UserSecret } from '../../../../src/api/index.ts';
import { grantRows, searchGrants } from '../../../../src/console/web/secrets/grant-rows.ts';
import { knownSubjects } from '../../../../src/console/web/secrets/known-subjects.ts';

const grant = (name: string, spec: SecretGrant['spec']): SecretGrant => ({
  metadata: { namespace: 'alice', name },
  spec,
});
const grants = [
  grant('a', { secret: 'db', subject: { kind: 'User', name: 'bob' }, grantedBy: { kind: 'User', name: 'carol' } }),
  grant('b', { secret: 'gone', subject: { kind: 'Group', name: 'analysts' } }),
  grant('c', { subject: { kind: 'ServiceAccount', name: 'robot', namespace: 'bob' } }),
];

test('names come from grants, homes and the groups of the user, each once and without the user', () => {
  const namespaces = [
    { metadata: { name: 'alice', annotations: { 'neu.ro/user': 'alice' } } },
    { metadata: { name: 'bob', annotations: { 'neu.ro/user': 'bob', 'neu.ro/groups': 'ml,analysts' } } },
    { metadata: { name: 'batch' } },
  ];
  expect(knownSubjects({ grants, namespaces, groups: ['ml', 'system:authenticated'], user: 'alice' })).toEqual({
    User: ['bob'],
    Group: ['analysts', 'ml'],
    ServiceAccount: ['robot'],
    Namespace: ['alice', 'batch', 'bob'],
  });
});

test('a grant shows the key of its secret, the user whose right it depends on, and that the secret is gone', () => {
  const secrets = [{ metadata: { namespace: 'alice', name: 'db' }, spec: { key: 'DB_PASSWORD' } }] as UserSecret[];
  const rows = grantRows(grants, secrets);
  expect(rows.map(({ key, subject, grantedBy, isGone }) => [key, subject, grantedBy, isGone])).toEqual([
    [undefined, 'serviceaccount:bob/robot', undefined, false],
    ['DB_PASSWORD', 'bob', 'carol', false],
    ['gone', 'group:analysts', undefined, true],
  ]);
  expect(searchGrants(rows, 'carol db_').map(({ subject }) => subject)).toEqual(['bob']);
});
