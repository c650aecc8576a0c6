import { describe, expect, test } from 'vitest';
import {
  dueMs,
  planSealingKeys,
  rules,
  sealingKeyKinds,
  type SealingKeysInput,
  type SealingKeyView,
} from '../../../src/controllers/sealing-key/plan.ts';
import { nowMs } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const monthMs = 30 * 24 * 3_600_000;
const key = (use: SealingKeyView['use'], ageMs: number, isActive = true): SealingKeyView => ({
  use,
  createdMs: nowMs - ageMs,
  isActive,
});
const young = [key('hpke', 5), key('rsa', 9)];

/** The step with its kind, or when it looks again. */
function plan(input: Partial<SealingKeysInput>): string {
  const { steps = [], requeueAtMs } = planSealingKeys(
    deepFreeze({
      keys: young,
      isLoaded: true,
      isPublished: true,
      dataHash: 'h',
      publishWaitMs: 0,
      createWaitMs: { hpke: 0, rsa: 0 },
      namespace: 'neuro-system',
      renewEveryMs: monthMs,
      nowMs,
      latestMs: nowMs,
      ...input,
    }),
  );
  const [step] = steps;
  if (step === undefined) return `at ${String((requeueAtMs ?? NaN) - nowMs)}`;
  return step.do === 'create' ? `create ${step.kind}` : step.do;
}

test('the rules are asked in this order', () => {
  expect(rules.map(({ name }) => name)).toEqual(['notLoaded', 'notPublished', 'due', 'settled']);
});

describe('the next key pair', () => {
  test.each<[string, Partial<SealingKeysInput>, string]>([
    ['one pair of each kind at the beginning', { keys: [] }, 'create hpke'],
    ['the second kind after the first', { keys: [key('hpke', 5)] }, 'create rsa'],
    ['nothing while both are young', {}, `at ${String(monthMs - 9)}`],
    ['the kind that is missing', { keys: [key('rsa', 5)] }, 'create hpke'],
    ['the kind that is old', { keys: [key('hpke', 5), key('rsa', monthMs)] }, 'create rsa'],
    ['nothing one moment before', { keys: [key('hpke', monthMs - 1), key('rsa', 0)] }, 'at 1'],
    [
      'nothing when the newest is young',
      { keys: [key('hpke', 9 * monthMs), key('hpke', 1), key('rsa', 0)] },
      `at ${String(monthMs - 1)}`,
    ],
    ['another for one that is out of use', { keys: [key('hpke', 5, false), key('rsa', 5)] }, 'create hpke'],
    [
      'nothing ever again where that is switched off',
      { keys: [key('hpke', 99 * monthMs), key('rsa', 0)], renewEveryMs: 0 },
      'at Infinity',
    ],
    ['another for one of a clock that was ahead', { keys: [key('hpke', -9 * monthMs), key('rsa', 5)] }, 'create hpke'],
    [
      'nothing after that, until the next is old',
      { keys: [key('hpke', -9 * monthMs), key('hpke', 1), key('rsa', 0)] },
      `at ${String(monthMs - 1)}`,
    ],
    [
      'nothing for one that is ahead of a clock that was set back',
      { keys: [key('hpke', -9 * monthMs), key('rsa', -9 * monthMs)], latestMs: nowMs + 9 * monthMs },
      `at ${String(10 * monthMs)}`,
    ],
    [
      'another where the clock of the API server was not that far ahead either',
      { keys: [key('hpke', -9 * monthMs), key('rsa', 5)], latestMs: nowMs + 8 * monthMs },
      'create hpke',
    ],
    ['nothing for a clock that is a little ahead', { keys: [key('hpke', -60_000), key('rsa', 0)] }, `at ${monthMs}`],
    [
      'nothing for a clock that was ahead, where renewing is switched off',
      { keys: [key('hpke', -9 * monthMs), key('rsa', 0)], renewEveryMs: 0 },
      'at Infinity',
    ],
    ['the first pair also where renewing is switched off', { keys: [], renewEveryMs: 0 }, 'create hpke'],
    ['loading what came', { isLoaded: false, isPublished: false }, 'load'],
    ['publishing before another pair', { keys: [key('hpke', 5)], isPublished: false }, 'publish'],
    ['no publishing without a pair that neuro seals for', { keys: [key('rsa', 5)], isPublished: false }, 'create hpke'],
    ['no publishing of nothing', { keys: [], isPublished: false }, 'create hpke'],
  ])('is %s', (_case, input, expected) => {
    expect(plan(input)).toBe(expected);
  });

  const failure = {
    reason: 'ApiError',
    message: 'm',
    sinceMs: 0,
    attempts: 3,
    isConflict: false,
    isNow: true,
  } as const;
  test.each<[string, Partial<SealingKeysInput>, string]>([
    ['another pair, though publishing fails', { keys: [key('hpke', 5)], isPublished: false }, 'create rsa'],
    ['nothing where a pair cannot be made', { keys: [key('hpke', 5)] }, 'at -Infinity'],
    ['nothing where the keys cannot be read', { keys: [], isLoaded: false, isPublished: false }, 'at -Infinity'],
  ])('is %s', (_case, input, expected) => {
    expect(plan({ failure, ...input })).toBe(expected);
  });
});

test('makes the kind first that is quick and that neuro seals for', () => {
  expect(sealingKeyKinds).toEqual(['hpke', 'rsa']);
});

test('a pair of a month is due after a month', () => {
  expect(dueMs({ keys: [key('hpke', 0)], renewEveryMs: monthMs, latestMs: nowMs }, 'hpke')).toBe(nowMs + monthMs);
});
