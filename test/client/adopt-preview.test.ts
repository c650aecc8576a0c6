/** What an adoption would save: the rules of `neuro secret adopt`, before anything is saved. */
import { expect, test } from 'vitest';
import { adoptWords, previewAdopt, type NativeKeys } from '../../src/client/index.ts';
import type { UserSecret } from '../../src/api/index.ts';

const native = (part: Partial<NativeKeys>): NativeKeys => ({
  name: 'vendor',
  type: 'Opaque',
  keys: ['token', 'user'],
  empty: [],
  ...part,
});
const secretOf = (name: string, spec: UserSecret['spec']): UserSecret => ({ metadata: { name }, spec });

test('each key becomes a secret, and the two of a certificate become one of the name of the Secret', () => {
  expect(previewAdopt(native({}), [], 'v.').rows).toEqual([
    { line: 1, key: 'token', called: 'v.token' },
    { line: 2, key: 'user', called: 'v.user' },
  ]);
  const tls = native({ name: 'web', type: 'kubernetes.io/tls', keys: ['ca.crt', 'extra', 'tls.crt', 'tls.key'] });
  expect(previewAdopt(tls, []).rows).toEqual([
    { line: 1, called: 'web' },
    { line: 2, key: 'extra', called: 'extra' },
  ]);
  const keys = previewAdopt({ ...tls, empty: ['tls.key'] }, []).rows.map(({ key }) => key);
  expect(keys).toEqual(['ca.crt', 'extra', 'tls.crt', 'tls.key']);
});

test.each<[string, Partial<NativeKeys>, string | undefined]>([
  ['of its own', {}, undefined],
  ['of a UserSecret', { owner: 'mine' }, adoptWords.held('mine')],
  ['with a next value', { type: 'neu.ro/next-value' }, adoptWords.next],
  ['with a former value', { type: 'neu.ro/former-value' }, adoptWords.former],
  [
    'of a service account',
    { type: 'kubernetes.io/service-account-token' },
    adoptWords.ofTheCluster('kubernetes.io/service-account-token'),
  ],
  ['of Helm', { type: 'helm.sh/release.v1' }, adoptWords.ofTheCluster('helm.sh/release.v1')],
  ['without a key', { keys: [] }, adoptWords.nothing],
])('a Secret %s is adopted, or refused with a reason', (_case, part, refusal) => {
  const preview = previewAdopt(native(part), []);
  expect(preview.refusal).toBe(refusal);
  expect(preview.rows.length > 0).toBe(refusal === undefined);
});

test.each<[string, UserSecret, object]>([
  ['of the same key is followed instead', secretOf('token', { value: 'x' }), { former: 'token' }],
  ['of the same key and another name is too', secretOf('t-1', { key: 'token', value: 'x' }), { former: 't-1' }],
  [
    'of the same name and another key is in the way',
    secretOf('token', { key: 'OTHER', value: 'x' }),
    { problem: adoptWords.namesake('token', 'OTHER') },
  ],
  [
    'of another type is in the way',
    secretOf('token', { type: 'kubernetes.io/basic-auth', key: 'password', value: 'x' }),
    { problem: adoptWords.other('token') },
  ],
])('a secret %s', (_case, existing, fate) => {
  const [row] = previewAdopt(native({ keys: ['token'] }), [existing]).rows;
  expect(row).toEqual({ line: 1, key: 'token', called: 'token', ...fate });
});

test('a key without a value, or with a prefix that makes it no key, is not adopted', () => {
  const { rows } = previewAdopt(native({ empty: ['user'] }), [], 'a b');
  expect(rows.map(({ problem }) => problem)).toEqual([adoptWords.badKey('a btoken'), adoptWords.empty]);
});

test('of two secrets with one key, the one in force is followed instead', () => {
  const spec = { key: 'token', value: 'x' };
  const condition = { type: 'Ready', reason: 'Synced', message: '', lastTransitionTime: '2026-11-01T00:00:00Z' };
  const conflicting: UserSecret = {
    ...secretOf('late', spec),
    status: { conditions: [{ ...condition, status: 'False', reason: 'KeyConflict' }] },
  };
  const inForce: UserSecret = {
    ...secretOf('first', spec),
    status: { conditions: [{ ...condition, status: 'True' }] },
  };
  for (const existing of [
    [conflicting, inForce],
    [inForce, conflicting],
  ])
    expect(previewAdopt(native({ keys: ['token'] }), existing).rows).toMatchObject([{ former: 'first' }]);
});
