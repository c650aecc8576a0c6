/** Sharing again changes what one says and keeps the rest. */
import { describe, expect, test } from 'vitest';
import type { SecretGrant } from '../../src/api/index.ts';
import { granterOf, grantName, grantsOver, planGrant, type GrantTerms } from '../../src/client/index.ts';

const nowMs = Date.parse('2026-11-25T12:00:00Z');
const soon = '2026-12-02T12:00:00Z';
const later = '2026-12-09T12:00:00Z';
const bob = { kind: 'User', name: 'bob' } as const;
const target = { secret: 'db' };
const grant = (name: string, part: Partial<SecretGrant['spec']> = {}): SecretGrant => ({
  metadata: { namespace: 'alice', name },
  spec: { secret: 'db', subject: bob, ...part },
});
const plan = (found: readonly SecretGrant[], terms: GrantTerms) => planGrant(target, bob, found, terms, nowMs);

test('the first grant has what was asked for', () => {
  const { changes, spec, former, kept } = plan([], { access: 'write', expiresAt: soon, description: ' why ' });
  expect({ changes, former, kept }).toEqual({ changes: [], former: undefined, kept: {} });
  expect(spec).toEqual({ secret: 'db', subject: bob, access: 'write', expiresAt: soon, description: 'why' });
  expect(planGrant({ secret: undefined }, bob, [], { access: 'read' }, nowMs).spec).toEqual({
    subject: bob,
    access: 'read',
  });
});

describe('a grant that exists', () => {
  const former = [grant('a', { expiresAt: soon, description: 'nightly report' })];

  test('keeps its end and its reason when only the level changes', () => {
    expect(plan(former, { access: 'write' })).toMatchObject({
      changes: [{ name: 'a', spec: { access: 'write', expiresAt: soon } }],
      former: 'read',
      kept: { expiresAt: soon, description: 'nightly report' },
    });
    expect(plan(former, { access: 'write' }).changes[0]?.spec).not.toHaveProperty('description');
  });

  test.each<[string, GrantTerms, object, object]>([
    ['another end', { access: 'read', expiresAt: later }, { expiresAt: later }, { description: 'nightly report' }],
    ['no end', { access: 'read', expiresAt: null }, { expiresAt: null }, { description: 'nightly report' }],
    [
      'another reason',
      { access: 'read', description: 'x' },
      { expiresAt: soon, description: 'x' },
      { expiresAt: soon },
    ],
    ['no reason', { access: 'read', description: '' }, { expiresAt: soon, description: null }, { expiresAt: soon }],
  ])('takes %s', (_case, terms, change, kept) => {
    const planned = plan(former, terms);
    expect(planned.changes[0]?.spec).toEqual({ access: 'read', ...change });
    expect(planned.kept).toEqual(kept);
  });

  test('that has expired is in force again', () => {
    const passed = '2026-11-25T12:00:00Z';
    const planned = plan([grant('a', { expiresAt: passed })], { access: 'read' });
    expect(planned).toMatchObject({ passedAt: passed, kept: {}, changes: [{ spec: { expiresAt: null } }] });
    expect(plan([grant('a', { expiresAt: passed })], { access: 'read', expiresAt: soon }).passedAt).toBeUndefined();
  });

  test('twice is brought to the same terms: the longest end of them', () => {
    const ends = (...all: readonly (string | undefined)[]) =>
      plan(
        all.map((expiresAt, index) => grant(String(index), expiresAt === undefined ? {} : { expiresAt })),
        { access: 'read' },
      ).changes.map(({ spec }) => spec.expiresAt);
    expect(ends(soon, later)).toEqual([later, later]);
    expect(ends(soon, undefined)).toEqual([null, null]);
  });
});

test('grants are found by what they say', () => {
  const all = [grant('a'), grant('b', { secret: 'other' }), grant('c', { subject: { kind: 'Group', name: 'bob' } })];
  expect(grantsOver(all, target, bob).map(({ metadata }) => metadata.name)).toEqual(['a']);
  expect(grantsOver([{ metadata: { name: 'all' }, spec: { subject: bob } }], { secret: undefined }, bob)).toHaveLength(
    1,
  );
});

test('the name of a grant is the same for the same secret and subject', () => {
  expect(grantName(target, bob)).toBe('db-bob-1ae3f0a0');
  expect(grantName({ secret: undefined }, bob)).not.toBe(grantName({ secret: 'all' }, bob));
});

test.each([
  ['bob@example.com', { kind: 'User', name: 'bob@example.com' }],
  ['group:odd', { kind: 'User', name: 'group:odd' }],
  ['system:serviceaccount:ci:robot', { kind: 'ServiceAccount', namespace: 'ci', name: 'robot' }],
])('%s grants as themselves', (user, granter) => {
  expect(granterOf(user)).toEqual(granter);
});
