/** What the cards of the administration show of what was read. */
import { describe, expect, test } from 'vitest';
import {
  byShare,
  foundGrants,
  grantRows,
  homeRows,
  jobBites,
  keyRows,
  quotaBites,
  secretBites,
} from '../../../../src/console/web/admin/admin-rows.ts';

test('homes are the namespaces that name a person or groups', () => {
  const namespace = (name: string, annotations?: Record<string, string>) => ({
    metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
  });
  expect(
    homeRows([
      namespace('alice', { 'neu.ro/user': 'alice' }),
      namespace('kube-system'),
      namespace('team', { 'neu.ro/groups': 'dev' }),
    ]),
  ).toEqual([
    { namespace: 'alice', user: 'alice', groups: '' },
    { namespace: 'team', user: '', groups: 'dev' },
  ]);
});

test.each([['no JSON'], ['{}'], ['[null, 7, {"keyId": 1}]']])('sealing keys that read %j are none', (text) => {
  expect(keyRows(text)).toEqual([]);
});

test('quotas are shown from 80 % on, those that are used most first', () => {
  const quota = (namespace: string, hard: Record<string, string>, used: Record<string, string>) => ({
    metadata: { namespace, name: 'q' },
    status: { hard, used },
  });
  expect(
    byShare(
      quotaBites([
        quota('a', { 'requests.cpu': '1', memory: '1Gi', pods: '0' }, { 'requests.cpu': '800m', memory: '512Mi' }),
        quota('b', { secrets: '5' }, { secrets: '5' }),
        { metadata: { namespace: 'c', name: 'new' } },
      ]),
    ).map(({ namespace, what, used }) => [namespace, what, used]),
  ).toEqual([
    ['b', 'secrets (q)', '5 / 5'],
    ['a', 'requests.cpu (q)', '800m / 1'],
  ]);
});

describe('limits', () => {
  test('are shown where a secret or a job waits because of them', () => {
    const condition = {
      type: 'Ready',
      status: 'False' as const,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      message: '',
    };
    const secrets = [
      {
        metadata: { namespace: 'a', name: 's' },
        spec: {},
        status: {
          conditions: [
            { ...condition, reason: 'TooManyCopies' },
            { ...condition, type: 'Synced', reason: 'TooManyCopies' },
          ],
        },
      },
      {
        metadata: { namespace: 'a', name: 'fine' },
        spec: {},
        status: { conditions: [{ ...condition, reason: 'Ready' }] },
      },
    ];
    const job = (name: string, phase: 'Pending' | 'Failed') => ({
      metadata: { namespace: 'b', name },
      spec: { image: 'x' },
      status: { phase, reason: 'QuotaExhausted' },
    });
    expect(
      [...secretBites(secrets as never), ...jobBites([job('waits', 'Pending'), job('ended', 'Failed')] as never)].map(
        ({ what, used }) => [what, used],
      ),
    ).toEqual([
      ['UserSecret s', 'TooManyCopies'],
      ['NeuroJob waits', 'QuotaExhausted'],
    ]);
  });
});

test('grants are found by words of any column', () => {
  const grant = (namespace: string, name: string, user: string) => ({
    metadata: { namespace, name },
    spec: { secret: name, subject: { kind: 'User' as const, name: user } },
  });
  const rows = grantRows([grant('a', 'api', 'bob'), grant('a', 'db', 'bob'), grant('b', 'db', 'alice')]);
  expect(foundGrants(rows, '').map(({ id }) => id)).toEqual(['a/api', 'a/db', 'b/db']);
  expect(foundGrants(rows, 'DB bob').map(({ id }) => id)).toEqual(['a/db']);
});
