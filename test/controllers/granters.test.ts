import { describe, expect, test } from 'vitest';
import type { SecretGrantSpec } from '../../src/api/index.ts';
import { isRooted, supportersOf } from '../../src/controllers/granters.ts';
import type { SecretGrantView } from '../../src/controllers/views.ts';
import { formatSubject } from '../../src/api/index.ts';
import { grantView, nowMs } from '../support/builders.ts';

const user = (name: string) => ({ kind: 'User', name }) as const;
const later = new Date(nowMs + 1_000).toISOString();
const past = new Date(nowMs - 1_000).toISOString();
let count = 0;
function grant(to: string, by: string | undefined, more: Partial<SecretGrantSpec> = {}): SecretGrantView {
  count += 1;
  const grantedBy = by === undefined ? {} : { grantedBy: user(by) };
  return grantView(
    { subject: user(to), access: 'manage', ...grantedBy, ...more },
    { metadata: { name: `g${String(count)}`, uid: `u${String(count)}` } },
  );
}

function grantsOf(all: readonly SecretGrantView[]) {
  const keys = new Map(all.map((each) => [`alice/${each.metadata.name}`, each]));
  return {
    get: (key: string) => keys.get(key),
    keysByIndex: (index: 'ownManager' | 'manager', value: string): readonly string[] =>
      [...keys]
        .filter(
          ([, { metadata, spec }]) =>
            spec.access === 'manage' &&
            (spec.grantedBy === undefined) === (index === 'ownManager') &&
            `${metadata.namespace}/${formatSubject(spec.subject)}` === value,
        )
        .map(([key]) => key),
  };
}

function isCarried(of: SecretGrantView, all: readonly SecretGrantView[]): boolean {
  return isRooted(of, supportersOf(of, grantsOf(all)), nowMs);
}

describe('a grant depends on the right of its granter', () => {
  const ofOwner = grant('bob', undefined);
  const byBob = grant('carol', 'bob');
  test.each<[string, SecretGrantView, readonly SecretGrantView[], boolean]>([
    ['a grant of the owner stands by itself', ofOwner, [], true],
    ['one by a manager stands on the grant that makes him one', byBob, [ofOwner], true],
    ['one by a manager falls with that grant', byBob, [], false],
    [
      'one by a manager stands while his right has not ended',
      byBob,
      [grant('bob', undefined, { expiresAt: later })],
      true,
    ],
    ['one by a manager falls when his right ends', byBob, [grant('bob', undefined, { expiresAt: past })], false],
    [
      'a right that ends at a time that cannot be read carries nothing',
      byBob,
      [grant('bob', undefined, { expiresAt: 'soon' })],
      false,
    ],
    ['a right to write carries nothing', byBob, [grant('bob', undefined, { access: 'write' })], false],
    [
      'a right over all secrets carries a grant of one',
      grant('carol', 'bob', { secret: 'a' }),
      [withoutSecret('bob')],
      true,
    ],
    [
      'a right over one secret carries none of another',
      grant('carol', 'bob', { secret: 'a' }),
      [grant('bob', undefined, { secret: 'b' })],
      false,
    ],
    [
      'a right over one secret carries none of all',
      withoutSecret('carol', 'bob'),
      [grant('bob', undefined, { secret: 'a' })],
      false,
    ],
    ['of two rights one is enough', byBob, [grant('bob', undefined, { expiresAt: past }), ofOwner], true],
    ['a chain of three stands', grant('dave', 'carol'), [byBob, ofOwner], true],
    ['a chain of three falls with its root', grant('dave', 'carol'), [byBob], false],
    ['two that carry each other carry nothing', byBob, [grant('bob', 'carol'), grant('carol', 'bob')], false],
    [
      'two that carry each other stand while the owner carries one',
      byBob,
      [grant('bob', 'carol'), grant('carol', 'bob'), ofOwner],
      true,
    ],
    ['nobody carries himself', grant('bob', 'bob'), [grant('bob', 'bob')], false],
  ])('%s', (_case, of, all, expected) => {
    expect(isCarried(of, all)).toBe(expected);
  });

  test('a manager who makes thousands of grants crowds out nothing that the owner granted', () => {
    const flood = Array.from({ length: 1_000 }, () => grant('carol', 'bob', { secret: 'b' }));
    const all = [...flood, grant('bob', undefined, { secret: 'b' }), grant('carol', undefined, { secret: 'a' })];
    expect(supportersOf(grant('dave', 'carol', { secret: 'a' }), grantsOf(all)).length).toBeLessThanOrEqual(512);
    expect(isCarried(grant('dave', 'carol', { secret: 'a' }), all)).toBe(true);
  });

  test('a chain that is too long is broken, and found out in bounded time', () => {
    const chain = Array.from({ length: 40 }, (_, index) =>
      grant(`p${String(index + 1)}`, index === 0 ? undefined : `p${String(index)}`),
    );
    expect(isCarried(grant('x', 'p10'), chain)).toBe(true);
    expect(isCarried(grant('x', 'p39'), chain)).toBe(false);
  });
});

function withoutSecret(to: string, by?: string): SecretGrantView {
  const { secret: _secret, ...spec } = grant(to, by).spec;
  return { ...grant(to, by), spec };
}
