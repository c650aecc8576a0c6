import { describe, expect, it, test } from '@jest/globals';
import type { SecretGrantSpec } from '../../../src/api/index.ts';
import {
  dataKey,
  planShared,
  type SharedEntry,
  type SharedSecret,
} from '../../../src/controllers/shared-with-me/plan.ts';
import { grantView, userSecretView, viewMeta } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const secret = userSecretView({ key: 'DB_PASSWORD' });

function shared(spec: Partial<SecretGrantSpec> = {}, rest: Partial<SharedSecret> = {}): SharedSecret {
  return deepFreeze({ grant: grantView(spec, { status: { phase: 'Active' } }), secret, owner: 'alice', ...rest });
}
const entries = (...of: readonly SharedSecret[]): Readonly<Record<string, SharedEntry>> =>
  Object.fromEntries(Object.entries(planShared(of)).map(([key, text]) => [key, JSON.parse(text) as SharedEntry]));
const only = (...of: readonly SharedSecret[]): SharedEntry | undefined => entries(...of)['alice.db-password'];

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

test.each(['Pending', 'Expired', undefined] as const)('leaves out a grant whose phase is %s', (phase) => {
  const grant = grantView({}, { status: phase === undefined ? {} : { phase } });
  expect(entries(shared({}, { grant }))).toEqual({});
});

describe('of several grants over one secret', () => {
  const soon = '2027-01-01T00:00:00Z';
  const late = '2027-01-01T00:00:00+01:00';
  test.each<[string, readonly SharedSecret[], Partial<SharedEntry>]>([
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

it('says the same to the letter in whatever order the grants come', () => {
  const some = ['c', 'a', 'b'].map((name) => shared({}, { secret: userSecretView({ metadata: { name } }) }));
  expect(JSON.stringify(planShared(some))).toBe(JSON.stringify(planShared([...some].reverse())));
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

it('holds something of everybody, however much one of them shares', () => {
  const of = (namespace: string, count: number): readonly SharedSecret[] =>
    Array.from({ length: count }, (_, index) => {
      const name = `${'x'.repeat(200)}-${String(index)}`;
      return shared({}, { secret: userSecretView({ metadata: { namespace, name } }), owner: namespace });
    });
  const spam = of('aaa', 5_000);
  const owners = (data: Readonly<Record<string, string>>): readonly string[] =>
    Object.values(data).map((text) => (JSON.parse(text) as SharedEntry).owner);
  const found = owners(planShared([...spam, ...of('alice', 20), ...of('zoe', 3)]));
  expect(found.filter((owner) => owner === 'alice')).toHaveLength(20);
  expect(found.filter((owner) => owner === 'zoe')).toHaveLength(3);
});

it('never grows past what a ConfigMap holds', () => {
  const many = Array.from({ length: 3_000 }, (_, index) => {
    const name = `${'x'.repeat(200)}-${index}`;
    return shared({}, { secret: userSecretView({ metadata: { name }, key: 'k'.repeat(253) }), owner: 'ö'.repeat(100) });
  });
  const data = planShared(many);
  const bytes = Object.entries(data).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(text), 0);
  expect(bytes).toBeLessThanOrEqual(1024 * 1024);
  expect(Object.keys(data).length).toBeGreaterThan(800);
});
