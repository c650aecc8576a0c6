import { describe, expect, it, test } from 'vitest';
import { rfc3339, type UserSecretStatus } from '../../../src/api/index.ts';
import { planStatus, type Outcome, type StatusInput } from '../../../src/controllers/user-secret/status.ts';
import { nowMs, userSecretView } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const now = rfc3339(nowMs);
const ready: Outcome = { kind: 'ready', version: 'v1' };
const failed = (isStalled: boolean): Outcome => ({
  kind: 'failed',
  reason: 'CannotOpen',
  message: 'it does not open',
  isStalled,
});

function status(input: Partial<StatusInput> = {}): UserSecretStatus {
  const userSecret = userSecretView({ sourceKind: 'sealed' });
  return planStatus(
    deepFreeze({
      userSecret,
      outcome: ready,
      formerValues: [],
      sharedWith: { count: 0 },
      copies: { count: 0 },
      usedBy: 0,
      newUses: [],
      areAuthorsChecked: true,
      nowMs,
      ...input,
    }),
  );
}

const conditionsOf = ({ conditions }: UserSecretStatus): readonly string[] =>
  (conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

describe('conditions', () => {
  test.each<[string, Partial<StatusInput>, readonly string[]]>([
    ['ready when the Secret holds the value', {}, ['Ready=True Synced']],
    [
      'says when the value is readable in the object',
      { userSecret: userSecretView() },
      ['Plaintext=True PlaintextSource', 'Ready=True Synced'],
    ],
    [
      'says so for base64 too, also when it failed',
      { userSecret: userSecretView({ sourceKind: 'valueBase64' }), outcome: failed(true) },
      ['Plaintext=True PlaintextSource', 'Ready=False CannotOpen', 'Stalled=True CannotOpen'],
    ],
    [
      'says when the copy of kubectl holds a former value',
      { userSecret: userSecretView({ sourceKind: 'generate', hasAppliedValue: true }) },
      ['Plaintext=True PlaintextCopy', 'Ready=True Synced'],
    ],
    [
      'says it once when the object holds a value as well',
      { userSecret: userSecretView({ hasAppliedValue: true }) },
      ['Plaintext=True PlaintextSource', 'Ready=True Synced'],
    ],
    [
      'says when the sealing key is an old one',
      { outcome: { ...ready, sealedWith: { keyId: 'k', isOld: true } } },
      ['Ready=True Synced', 'SealingKeyOutdated=True KeyOutdated'],
    ],
    [
      'says nothing of the current sealing key',
      { outcome: { ...ready, sealedWith: { keyId: 'k', isOld: false } } },
      ['Ready=True Synced'],
    ],
    [
      'stalled when only a person can mend it',
      { outcome: failed(true) },
      ['Ready=False CannotOpen', 'Stalled=True CannotOpen'],
    ],
    [
      'reconciling when waiting can mend it',
      { outcome: failed(false) },
      ['Ready=False CannotOpen', 'Reconciling=True CannotOpen'],
    ],
  ])('%s', (_case, input, expected) => {
    expect(conditionsOf(status(input))).toEqual(expected);
  });

  it('belong to the generation that was read', () => {
    const userSecret = userSecretView({ metadata: { generation: 7 } });
    const made = status({ userSecret });
    expect(made.observedGeneration).toBe(7);
    expect(made.conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([7, 7]);
  });

  it('of a former failure go away', () => {
    const former = status({ outcome: failed(true) });
    const userSecret = userSecretView({ sourceKind: 'sealed', status: former });
    expect(conditionsOf(status({ userSecret, nowMs: nowMs + 5_000 }))).toEqual(['Ready=True Synced']);
  });
});

it('is identical for the same facts later', () => {
  const sharedWith = { count: 1, subjects: ['bob'] };
  const outcome: Outcome = { ...ready, sealedWith: { keyId: 'k', isOld: true } };
  const former = status({ sharedWith, outcome });
  const userSecret = userSecretView({ sourceKind: 'sealed', status: former });
  expect(status({ userSecret, sharedWith, outcome, nowMs: nowMs + 3_600_000 })).toEqual(former);
});

describe('the version', () => {
  const later = nowMs + 60_000;
  const former = status();
  const userSecret = userSecretView({ sourceKind: 'sealed', status: former });
  test.each<[string, Outcome, string | undefined, string | undefined]>([
    ['keeps its time while it is the same', ready, 'v1', now],
    ['has a new time when it is another', { ...ready, version: 'v2' }, 'v2', rfc3339(later)],
    ['stays while a new value cannot be had, as the Secret does', failed(true), 'v1', now],
  ])('%s', (_case, outcome, version, updatedAt) => {
    expect(status({ userSecret, outcome, nowMs: later })).toMatchObject({ version, updatedAt });
  });

  it('is absent before there is a value', () => {
    expect(status({ outcome: failed(false) })).not.toHaveProperty('version');
  });
});

it('says when a generated value is made again', () => {
  expect(status({ outcome: { ...ready, nextRotationMs: nowMs + 1_000 } }).nextRotation).toBe(rfc3339(nowMs + 1_000));
  expect(status()).not.toHaveProperty('nextRotation');
});

describe('who set the value', () => {
  const view = (more: Parameters<typeof userSecretView>[0]) =>
    userSecretView({ sourceKind: 'sealed', sourceManager: 'neuro', author: 'alice', ...more });
  const seen = (observedGeneration: number): UserSecretStatus => ({ observedGeneration, version: 'v0' });
  const named = { manager: 'neuro', user: 'alice' };
  test.each<[string, Partial<StatusInput>, UserSecretStatus['changedBy']]>([
    ['is named for a creation', { userSecret: view({ metadata: { generation: 1 } }) }, named],
    ['is named for the next change', { userSecret: view({ metadata: { generation: 5 }, status: seen(4) }) }, named],
    [
      'is not named after a change that nobody looked at',
      { userSecret: view({ metadata: { generation: 5 }, status: seen(3) }) },
      { manager: 'neuro' },
    ],
    [
      'is not named where nothing checks it',
      { userSecret: view({ metadata: { generation: 1 } }), areAuthorsChecked: false },
      { manager: 'neuro' },
    ],
    [
      'is the operator for a generated value',
      { userSecret: view({ sourceKind: 'generate', metadata: { generation: 1 } }) },
      { manager: 'neuro-operator-usersecret' },
    ],
    [
      'is unknown for a copy',
      { userSecret: view({ sourceKind: 'sharedFrom', metadata: { generation: 1 } }) },
      undefined,
    ],
  ])('%s', (_case, input, expected) => {
    expect(status(input).changedBy).toEqual(expected);
  });

  it('stays while the value does', () => {
    const former = { ...status(), changedBy: named };
    expect(status({ userSecret: view({ author: 'bob', status: former }) }).changedBy).toEqual(named);
  });
});
