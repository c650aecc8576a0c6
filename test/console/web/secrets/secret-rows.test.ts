/** Rows of the secrets page: which jobs and grants belong to which secret, search, order. */
import { expect, test } from 'vitest';
import type { NeuroJob, SecretGrant, UserSecret, UserSecretSpec } from '../../../../src/api/index.ts';
import { filterSecrets } from '../../../../src/console/web/secrets/secret-filters.ts';
import {
  rowName,
  searchSecrets,
  secretRows,
  sortSecrets,
  sourceOf,
  type SecretSort,
} from '../../../../src/console/web/secrets/secret-rows.ts';

const secret = (name: string, spec: UserSecretSpec = {}, status?: UserSecret['status']): UserSecret => ({
  metadata: { name, namespace: 'alice', generation: 1, creationTimestamp: '2026-11-01T00:00:00Z' },
  spec,
  ...(status === undefined ? {} : { status }),
});
const grant = (name: string, of: string | undefined, phase: 'Active' | 'Expired' = 'Active'): SecretGrant => ({
  metadata: { name, namespace: 'alice' },
  spec: { ...(of === undefined ? {} : { secret: of }), subject: { kind: 'User', name: 'bob' } },
  status: { phase },
});
const job = (name: string, spec: Partial<NeuroJob['spec']>, finishTime?: string): NeuroJob => ({
  metadata: { name, namespace: 'alice' },
  spec: { image: 'x', ...spec },
  ...(finishTime === undefined ? {} : { status: { finishTime } }),
});
const uses = (name: string, namespace?: string): Partial<NeuroJob['spec']> => ({
  env: [{ name: 'A', fromSecret: { name, ...(namespace === undefined ? {} : { namespace }) } }],
});
const ready = (status: 'True' | 'False', observedGeneration = 1) => ({
  conditions: [
    {
      type: 'Ready',
      status,
      reason: 'X',
      message: 'why',
      observedGeneration,
      lastTransitionTime: '2026-11-01T00:00:00Z',
    },
  ],
});

test('a row has the grants over its secret and over all, but not what has expired', () => {
  const grants = [grant('a', 'db'), grant('b', undefined), grant('c', 'db', 'Expired'), grant('d', 'other')];
  const [row] = secretRows([secret('db')], grants, []);
  expect(row?.grants.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
});

test('without grants that one may list, a secret is shared with whom the operator says', () => {
  const shared = secret('db', {}, { sharedWith: { count: 7, subjects: ['bob', 'carol'] } });
  const [unseen, seen] = [secretRows([shared], [], [])[0], secretRows([{ ...shared }], [grant('a', 'db')], [])[0]];
  expect(unseen?.sharedWith).toEqual({ count: 7, subjects: ['bob', 'carol'] });
  expect(seen?.sharedWith).toEqual({ count: 1, subjects: ['bob'] });
  expect(filterSecrets(secretRows([shared], [], []), 'unused', 0)).toEqual([]);
});

test.each<[string, NeuroJob, number]>([
  ['as a variable', job('a', uses('db')), 1],
  ['as a file', job('a', { files: [{ path: '/a', fromSecret: { name: 'db' } }] }), 1],
  ['for its image', job('a', { imagePullSecret: { name: 'db' } }), 1],
  ['for its image, with others', job('a', { imagePullSecrets: [{ name: 'x' }, { name: 'db' }] }), 1],
  ['by its own namespace’s name', job('a', uses('db', 'alice')), 1],
  ['of another namespace with the same name', job('a', uses('db', 'bob')), 0],
  ['and has finished', job('a', uses('db'), '2026-11-01T00:00:00Z'), 0],
])('a job that uses it %s counts as it should', (_case, one, count) => {
  expect(secretRows([secret('db')], [], [one])[0]?.jobs).toHaveLength(count);
});

test('a row is the same object while nothing that it shows has changed', () => {
  const [db, other] = [secret('db'), secret('other')];
  const grants = [grant('a', 'db')];
  const before = secretRows([db, other], grants, []);
  const after = secretRows([db, other], [...grants], [job('a', uses('db'))]);
  expect(after.map((row, index) => row === before[index])).toEqual([false, true]);
});

test('of two secrets that want one key, the one without it is named with its object', () => {
  const conflict = { ...ready('False').conditions[0], reason: 'KeyConflict' } as NonNullable<
    NonNullable<UserSecret['status']>['conditions']
  >[number];
  const rows = secretRows(
    [secret('first', { key: 'db' }), secret('second', { key: 'db' }, { conditions: [conflict] })],
    [],
    [],
  );
  expect(rows.map(rowName)).toEqual(['db', 'db (second)']);
});

test('jobs of others are what the operator counts beyond mine', () => {
  const [row] = secretRows([secret('db', {}, { usedBy: 3 })], [], [job('a', uses('db'))]);
  expect(row?.jobsElsewhere).toBe(2);
});

test.each<[string, UserSecret['status'], boolean, boolean]>([
  ['nothing was said yet', undefined, true, false],
  ['the latest change was not looked at', ready('True', 0), true, false],
  ['all is well', ready('True'), false, false],
  ['something is wrong', ready('False'), false, true],
])('when %s it says so', (_case, status, isPending, hasProblem) => {
  const [row] = secretRows([secret('db', {}, status)], [], []);
  expect([row?.isPending, row?.problem !== undefined]).toEqual([isPending, hasProblem]);
});

test.each<[UserSecretSpec, string]>([
  [{ sealed: { value: 'x' } }, 'sealed'],
  [{ value: 'x' }, 'plain'],
  [{ generate: { type: 'Hex' } }, 'generated'],
  [{ secretKeyRef: { name: 'a', key: 'b' } }, 'reference'],
  [{ configMapKeyRef: { name: 'a', key: 'b' } }, 'reference'],
  [{ template: { text: '$(a)', parts: [{ name: 'a', secret: 'b' }] } }, 'template'],
])('%j is %s', (spec, source) => {
  expect(sourceOf(secret('db', spec))).toBe(source);
});

const rows = secretRows(
  [
    secret('b', { description: 'The database' }, { updatedAt: '2026-11-03T00:00:00Z', usedBy: 2 }),
    secret('key-10', { key: 'KEY_10' }, { updatedAt: '2026-11-01T00:00:00Z' }),
    secret('key-9', { key: 'KEY_9' }, { updatedAt: '2026-11-02T00:00:00Z' }),
  ],
  [grant('a', 'key-9')],
  [],
);
const names = (found: typeof rows): readonly string[] => found.map(({ name }) => name);

test.each([
  ['', ['b', 'key-10', 'key-9']],
  ['KEY', ['key-10', 'key-9']],
  ['key_9', ['key-9']],
  ['data the', ['b']],
  ['key data', []],
])('search for %j finds %j', (text, found) => {
  expect(names(searchSecrets(rows, text))).toEqual(found);
});

test.each<[SecretSort, boolean, readonly string[]]>([
  ['key', false, ['b', 'key-9', 'key-10']],
  ['key', true, ['key-10', 'key-9', 'b']],
  ['updated', true, ['b', 'key-9', 'key-10']],
  ['shared', true, ['key-9', 'b', 'key-10']],
  ['jobs', true, ['b', 'key-9', 'key-10']],
])('ordered by %s, descending %s', (by, isDescending, order) => {
  expect(names(sortSecrets(rows, { by, isDescending }, new Set()))).toEqual(order);
});

test('what was just added comes first, whatever the order', () => {
  expect(names(sortSecrets(rows, { by: 'key', isDescending: false }, new Set(['key-10'])))[0]).toBe('key-10');
});
