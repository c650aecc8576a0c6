import { expect, test } from '@jest/globals';
import { planSealingKeys, sealingKeyKinds, type SealingKeyView } from '../../../src/controllers/sealing-key/plan.ts';
import { nowMs } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const monthMs = 30 * 24 * 3_600_000;
const key = (use: SealingKeyView['use'], ageMs: number, isActive = true): SealingKeyView => ({
  use,
  createdMs: nowMs - ageMs,
  isActive,
});

test.each<[string, readonly SealingKeyView[], number, readonly string[], number | undefined]>([
  ['one pair of each kind at the beginning', [], monthMs, ['hpke', 'rsa'], undefined],
  ['none while both are young', [key('hpke', 5), key('rsa', 9)], monthMs, [], nowMs - 9 + monthMs],
  ['the kind that is missing', [key('rsa', 5)], monthMs, ['hpke'], nowMs - 5 + monthMs],
  ['the kind that is old', [key('hpke', monthMs), key('rsa', 5)], monthMs, ['hpke'], nowMs - 5 + monthMs],
  ['none one moment before', [key('hpke', monthMs - 1), key('rsa', 0)], monthMs, [], nowMs + 1],
  [
    'none when the newest is young',
    [key('hpke', 9 * monthMs), key('hpke', 1), key('rsa', 0)],
    monthMs,
    [],
    nowMs - 1 + monthMs,
  ],
  [
    'another for one that is out of use',
    [key('hpke', 5, false), key('rsa', 5)],
    monthMs,
    ['hpke'],
    nowMs - 5 + monthMs,
  ],
  ['none ever again where that is switched off', [key('hpke', 99 * monthMs), key('rsa', 0)], 0, [], undefined],
  ['the first pair also where renewing is switched off', [], 0, ['hpke', 'rsa'], undefined],
])('makes %s', (_case, keys, renewEveryMs, due, nextMs) => {
  expect(planSealingKeys(deepFreeze(keys), renewEveryMs, nowMs)).toEqual({ due, nextMs });
});

test('makes the kind first that is quick and that neuro seals for', () => {
  expect(sealingKeyKinds).toEqual(['hpke', 'rsa']);
});
