import { describe, expect, it, test } from 'vitest';
import type { SecretGrantSpec } from '../../../src/api/index.ts';
import {
  dataKey,
  mostBytes,
  mostBytesOfOne,
  mostEntriesOfOne,
  sharedList,
  type SharedEntry,
  type SharedGrant,
} from '../../../src/controllers/shared-with-me/entries.ts';
import { grantView, userSecretView, viewMeta } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const secret = userSecretView({ key: 'DB_PASSWORD' });

function shared(spec: Partial<SecretGrantSpec> = {}, rest: Partial<SharedGrant> = {}): SharedGrant {
  return deepFreeze({ grant: grantView(spec, { status: { phase: 'Active' } }), secret, owner: 'alice', ...rest });
}
const entries = (...of: readonly SharedGrant[]): Readonly<Record<string, SharedEntry>> =>
  Object.fromEntries(Object.entries(sharedList(of).data).map(([key, text]) => [key, JSON.parse(text) as SharedEntry]));
const only = (...of: readonly SharedGrant[]): SharedEntry | undefined => entries(...of)['alice.db-password'];

it('says for a secret where it is, whose, and what one may do', () => {
  expect(entries(shared({ expiresAt: '2027-01-01T00:00:00Z' }, { owner: 'Alice' }))).toEqual({
    'alice.db-password': {
      uri: 'secret:/alice/DB_PASSWORD',
      namespace: 'alice',
      name: 'db-password',
      key: 'DB_PASSWORD',
      access: 'read',
      owner: 'Alice',
      expiresAt: '2027-01-01T00:00:00Z',
    },
  });
});

it('calls a secret by its name where the type fixes the key, so that two of them are two', () => {
  const logins = ['one', 'two'].map((name) =>
    shared(
      {},
      {
        secret: userSecretView({
          key: '.dockerconfigjson',
          type: 'kubernetes.io/dockerconfigjson',
          metadata: viewMeta({ namespace: 'alice', name }),
        }),
      },
    ),
  );
  expect(Object.values(entries(...logins)).map(({ uri, key }) => [uri, key])).toEqual([
    ['secret:/alice/one', 'one'],
    ['secret:/alice/two', 'two'],
  ]);
});

test.each(['Pending', 'Expired', undefined] as const)('leaves out a grant whose phase is %s', (phase) => {
  const grant = grantView({}, { status: phase === undefined ? {} : { phase } });
  expect(entries(shared({}, { grant }))).toEqual({});
});

describe('of several grants over one secret', () => {
  const soon = '2027-01-01T00:00:00Z';
  const late = '2027-01-01T00:00:00+01:00';
  test.each<[string, readonly SharedGrant[], Partial<SharedEntry>]>([
    ['the highest access counts', [shared({ access: 'manage' }), shared({ access: 'write' })], { access: 'manage' }],
    [
      'the highest access counts, also when it ends sooner',
      [shared(), shared({ access: 'write', expiresAt: soon })],
      { access: 'write', expiresAt: soon },
    ],
    ['the latest end counts', [shared({ expiresAt: late }), shared({ expiresAt: soon })], { expiresAt: soon }],
  ])('%s', (_case, grants, expected) => {
    expect(only(...grants)).toMatchObject(expected);
    expect(only(...[...grants].reverse())).toMatchObject(expected);
  });

  it('one without an end is the latest', () => {
    expect(only(shared({ expiresAt: soon }), shared())).not.toHaveProperty('expiresAt');
    expect(only(shared(), shared({ expiresAt: soon }))).not.toHaveProperty('expiresAt');
  });
});

it('is identical in whatever order the grants come', () => {
  const some = ['c', 'a', 'b'].map((name) => shared({}, { secret: userSecretView({ metadata: { name } }) }));
  expect(JSON.stringify(sharedList(some).data)).toBe(JSON.stringify(sharedList([...some].reverse()).data));
});

describe('the key of an entry', () => {
  test.each<[string, string, string]>([
    ['a namespace has no dot, so a-b and c', 'a-b', 'c'],
    ['are not a and b-c', 'a', 'b-c'],
    ['nor a and b.c', 'a', 'b.c'],
  ])('%s', (_case, namespace, name) => {
    expect(dataKey(viewMeta({ namespace, name }))).toBe(`${namespace}.${name}`);
  });

  it('is the UID where that is too long', () => {
    expect(dataKey(viewMeta({ namespace: 'n', name: 'x'.repeat(252), uid: 'uid-long' }))).toBe('uid-long');
    expect(dataKey(viewMeta({ namespace: 'n', name: 'x'.repeat(251) }))).toHaveLength(253);
  });
});

it('has one entry for a grant over all secrets, whatever secrets there are', () => {
  const { secret: _secret, ...spec } = grantView().spec;
  const grant = { ...grantView({}, { status: { phase: 'Active' } }), spec };
  expect(entries({ grant, secret: undefined, owner: 'alice' })).toEqual({
    alice: { uri: 'secret:/alice', namespace: 'alice', all: true, access: 'read', owner: 'alice' },
  });
});

it('says by which group the access comes', () => {
  expect(only(shared({ subject: { kind: 'Group', name: 'ml' } }))).toMatchObject({ via: 'group:ml' });
});

describe('what one namespace shares is bounded', () => {
  const of = (namespace: string, count: number, length = 10): readonly SharedGrant[] =>
    Array.from({ length: count }, (_, index) => {
      const name = `${'x'.repeat(length)}-${String(index).padStart(5, '0')}`;
      const grant = grantView({}, { metadata: { namespace, name: `g-${String(index)}` }, status: { phase: 'Active' } });
      return { grant, secret: userSecretView({ metadata: { namespace, name } }), owner: namespace };
    });
  const bytesOf = (data: Readonly<Record<string, string>>, prefix = ''): number =>
    Object.entries(data)
      .filter(([key]) => key.startsWith(prefix))
      .reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(text), 0);
  const countOf = (data: Readonly<Record<string, string>>, namespace: string): number =>
    Object.keys(data).filter((key) => key.startsWith(`${namespace}.`)).length;

  it('to a number of entries; the rest is counted, and its grants are named', () => {
    const { data, omitted } = sharedList([...of('mallory', 5_000), ...of('alice', 20), ...of('zoe', 3)]);
    expect([countOf(data, 'mallory'), countOf(data, 'alice'), countOf(data, 'zoe')]).toEqual([mostEntriesOfOne, 20, 3]);
    expect(JSON.parse(data['_more'] ?? '')).toEqual([{ namespace: 'mallory', omitted: 5_000 - mostEntriesOfOne }]);
    expect(omitted.size).toBe(5_000 - mostEntriesOfOne);
    expect([...omitted].every((key) => key.startsWith('mallory/'))).toBe(true);
  });

  it('to a number of bytes', () => {
    const { data } = sharedList(of('mallory', 100, 230));
    expect(bytesOf(data, 'mallory.')).toBeLessThanOrEqual(mostBytesOfOne);
  });

  it('and so is the whole list, in turns', () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${String(index).padStart(3, '0')}`);
    const { data } = sharedList(names.flatMap((name) => of(name, 100, 100)));
    const { _more: more = '', ...entriesOfAll } = data;
    expect(bytesOf(entriesOfAll)).toBeLessThanOrEqual(mostBytes);
    const counts = names.map((name) => countOf(data, name));
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(JSON.parse(more)).toHaveLength(50);
  });
});
