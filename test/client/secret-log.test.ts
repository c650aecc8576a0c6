import { expect, test } from 'vitest';
import type { NeuroJob, SecretGrant, UserSecret } from '../../src/api/index.ts';
import { secretLog } from '../../src/client/index.ts';

const now = new Date('2026-11-25T12:00:00Z');
const secret: UserSecret = {
  metadata: { name: 'db', namespace: 'alice', creationTimestamp: '2026-11-01T00:00:00Z' },
  spec: {},
  status: {
    version: 'b',
    updatedAt: '2026-11-20T00:00:00Z',
    changedBy: { manager: 'neuro', user: 'alice' },
    history: [{ version: 'a', secretName: 'x', since: '2026-11-02T00:00:00Z', manager: 'argocd' }],
    uses: [{ by: 'bob/robot', lastAt: '2026-11-21T00:00:00Z', lastJob: 'nightly', version: 'b' }],
  },
};
const grant = (expiresAt?: string): SecretGrant => ({
  metadata: { name: 'g', namespace: 'alice', creationTimestamp: '2026-11-03T00:00:00Z' },
  spec: {
    secret: 'db',
    subject: { kind: 'User', name: 'bob' },
    grantedBy: { kind: 'User', name: 'carol' },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  },
});
const job = (name: string, serviceAccountName: string, namespace = 'alice'): NeuroJob => ({
  metadata: { name, namespace },
  spec: { image: 'x', serviceAccountName },
  status: {
    startTime: '2026-11-22T00:00:00Z',
    secrets: [{ namespace: 'alice', name: 'db', key: 'db', version: 'b' }],
  },
});
const lines = (sources: Partial<Parameters<typeof secretLog>[0]>): readonly string[] =>
  secretLog({ secret, grants: [], jobs: [], events: [], ...sources }, now).map(
    ({ time, what, who = '-', version = '-' }) => `${time.slice(0, 10)} ${what} ${who} ${version}`,
  );

test('changes and uses are in one order, the newest first', () => {
  expect(lines({})).toEqual([
    '2026-11-21 used by job nightly bob/robot b',
    '2026-11-20 the value was set alice b',
    '2026-11-02 the value was set argocd a',
    '2026-11-01 the UserSecret was created - -',
  ]);
});

test('the log shows a copy with its namespace and version', () => {
  const uses = [{ by: 'web', lastAt: '2026-11-21T00:00:00Z', lastCopy: 'shop-db', version: 'b' }];
  const copied = { ...secret, status: { ...secret.status, uses } };
  expect(lines({ secret: copied })).toContain('2026-11-21 copied to shop-db web b');
});

test('a grant is listed with its granter, and with its end once that is past', () => {
  expect(lines({ grants: [grant('2026-11-24T00:00:00Z')] })).toEqual(
    expect.arrayContaining([
      '2026-11-24 the grant of read to bob ended - -',
      '2026-11-03 granted read to bob until 2026-11-24T00:00:00Z user:carol -'.replace('user:', ''),
    ]),
  );
  expect(lines({ grants: [grant('2026-11-26T00:00:00Z')] }).join()).not.toContain('ended');
});

test('a use that the record has is listed once, and another job too', () => {
  const told = lines({ jobs: [job('nightly', 'robot', 'bob'), job('train', 'default')] });
  expect(told.filter((line) => line.includes('nightly'))).toHaveLength(1);
  expect(told).toContain('2026-11-22 used by job train alice/default b');
});

test('an event of a series has its last time, and how often', () => {
  const series = { count: 7, lastObservedTime: '2026-11-23T00:00:00Z' };
  const events = [{ reason: 'Healed', note: 'put back', eventTime: '2026-11-22T00:00:00Z', series }];
  expect(lines({ events })[0]).toBe('2026-11-23 Healed: put back (7 times) - -');
});
