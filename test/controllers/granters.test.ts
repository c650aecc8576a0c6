import { describe, expect, test } from 'vitest';
import type { SecretGrantSpec } from '../../src/api/index.ts';
import { granterIndexes, hasLostGranter, isRooted, supportersOf } from '../../src/controllers/granters.ts';
import type { SecretGrantView } from '../../src/controllers/views.ts';
import { Store } from '../../src/kernel/index.ts';
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

/** The operator's own indexes. Counts the grants that are looked at. */
function grantsOf(all: readonly SecretGrantView[]) {
  const store = new Store<SecretGrantView>(granterIndexes);
  for (const each of all) store.set(each);
  const grants = {
    looked: 0,
    keysByIndex: (name: string, value: string) => store.keysByIndex(name, value),
    firstByIndex: (name: string, value: string, most: number) => {
      const first = store.firstByIndex(name, value, most);
      grants.looked += first.length;
      return first;
    },
  };
  return grants;
}

function isCarried(of: SecretGrantView, all: readonly SecretGrantView[]): boolean {
  return isRooted(of, supportersOf(of, grantsOf(all), nowMs), nowMs);
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
    expect(supportersOf(grant('dave', 'carol', { secret: 'a' }), grantsOf(all), nowMs).length).toBeLessThanOrEqual(512);
    expect(isCarried(grant('dave', 'carol', { secret: 'a' }), all)).toBe(true);
  });

  test.each<[string, () => SecretGrantView]>([
    ['that have expired', () => inPhase('Expired', grant('carol', undefined, { secret: 'a', expiresAt: past }))],
    ['that have just expired', () => inPhase('Active', grant('carol', undefined, { secret: 'a', expiresAt: past }))],
    ['that are being deleted', () => going(grant('carol', undefined, { secret: 'a' }))],
    ['that are not in force', () => inPhase('Pending', grant('carol', undefined, { secret: 'a' }))],
    ['over other secrets', () => grant('carol', undefined, { secret: 'b' })],
    ['by others that are not in force', () => inPhase('Pending', grant('carol', 'bob', { secret: 'a' }))],
  ])('1,000 grants %s hide none that is in force', (_what, make) => {
    const over = { secret: 'a' };
    const byCarol = grant('dave', 'carol', over);
    const flood = Array.from({ length: 1_000 }, make);
    const ofOwner = inPhase('Active', grant('carol', undefined, { secret: 'a' }));
    expect(isCarried(byCarol, [...flood, ofOwner])).toBe(true);
    expect(
      isCarried(byCarol, [...flood, inPhase('Active', grant('carol', 'bob', over)), grant('bob', undefined, over)]),
    ).toBe(true);
  });

  test('grants that have ended are not looked at, and still tell that a right was lost', () => {
    const byCarol = grant('dave', 'carol', { secret: 'a' });
    const ended = Array.from({ length: 1_000 }, () =>
      inPhase('Expired', grant('carol', undefined, { expiresAt: past })),
    );
    const grants = grantsOf(ended);
    expect(supportersOf(byCarol, grants, nowMs)).toEqual([]);
    expect(hasLostGranter(byCarol, grants, nowMs)).toBe(true);
    expect(grants.looked).toBe(0);
    expect(hasLostGranter(byCarol, grantsOf([]), nowMs)).toBe(false);
  });

  test('grants that have just ended do not hide one that is in force, nor cost a search for each', () => {
    const ended = Array.from({ length: 1_000 }, () => grant('carol', 'bob', { secret: 'a', expiresAt: past }));
    const unreadable = grant('carol', 'bob', { secret: 'a', expiresAt: 'soon' });
    const inForce = grant('carol', 'bob', { secret: 'a', expiresAt: later });
    const grants = grantsOf([...ended, unreadable, inForce, grant('bob', undefined, { secret: 'a' })]);
    const byCarol = grant('dave', 'carol', { secret: 'a' });
    expect(isRooted(byCarol, supportersOf(byCarol, grants, nowMs), nowMs)).toBe(true);
    expect(grants.looked).toBeLessThan(600);
  });

  test('thousands that carry each other are not all looked at', () => {
    const managers = Array.from({ length: 64 }, (_, index) => `m${String(index)}`);
    const grants = grantsOf(managers.flatMap((by) => managers.filter((to) => to !== by).map((to) => grant(to, by))));
    expect(isRooted(grant('dave', 'm0'), supportersOf(grant('dave', 'm0'), grants, nowMs), nowMs)).toBe(false);
    expect(grants.looked).toBeLessThan(600);
  });

  test('the name of a user never reads as a grant over another secret', () => {
    const forged = Array.from({ length: 300 }, () => grant('active/a/carol', 'mallory', { secret: 'b' }));
    const real = grant('carol', 'bob', { secret: 'a' });
    const all = [...forged, inPhase('Active', real), grant('bob', undefined, { secret: 'a' })];
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

function inPhase(phase: SecretGrantView['status']['phase'], of: SecretGrantView): SecretGrantView {
  return { ...of, status: { ...of.status, phase } } as SecretGrantView;
}

function going(of: SecretGrantView): SecretGrantView {
  return { ...of, metadata: { ...of.metadata, deletionTimestamp: past } };
}

function withoutSecret(to: string, by?: string): SecretGrantView {
  const { secret: _secret, ...spec } = grant(to, by).spec;
  return { ...grant(to, by), spec };
}
