import { expect, test } from 'vitest';
import type { NeuroJob, UserSecret } from '../../src/api/index.ts';
import { isFormerOf, jobsWithVersion, versionsOf } from '../../src/client/index.ts';

const secret: UserSecret = {
  metadata: { name: 'db', namespace: 'alice', uid: 'uid-1' },
  spec: {},
  status: { version: 'b', updatedAt: '2026-11-02T00:00:00Z', history: [{ version: 'a', secretName: 'db-former-a' }] },
};
const job = (name: string, namespace: string, version: string): NeuroJob => ({
  metadata: { name, namespace: 'alice' },
  spec: { image: 'x' },
  status: { secrets: [{ namespace, name: 'db', key: 'db', version }] },
});

test('the version in force comes first, without an end', () => {
  expect(versionsOf(secret)).toEqual([
    { version: 'b', since: '2026-11-02T00:00:00Z', isInForce: true },
    { version: 'a', secretName: 'db-former-a', isInForce: false },
  ]);
});

test('a secret without a value has no version', () => {
  expect(versionsOf({ ...secret, status: {} })).toEqual([]);
});

test('jobs are those that got that version of that secret', () => {
  const jobs = [job('one', 'alice', 'a'), job('other-version', 'alice', 'b'), job('other-secret', 'bob', 'a')];
  expect(jobsWithVersion(secret, 'a', jobs).map(({ metadata }) => metadata.name)).toEqual(['one']);
});

test.each([
  ['the operator made', 'neu.ro/former-value', 'uid-1', true],
  ['is of another UserSecret', 'neu.ro/former-value', 'uid-2', false],
  ['is of another type', 'Opaque', 'uid-1', false],
])('a former value is one that %s', (_case, type, uid, expected) => {
  const ownerReferences = [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db', uid }];
  expect(isFormerOf(secret, { type, metadata: { ownerReferences } })).toBe(expected);
});
