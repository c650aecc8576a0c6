import { describe, expect, test } from 'vitest';
import {
  findCondition,
  isConditionTrue,
  removeCondition,
  replaceConditions,
  setCondition,
  type Condition,
  type ConditionState,
} from '../../src/api/index.ts';

const before = '2026-01-01T00:00:00Z';
const now = '2026-02-02T00:00:00Z';
const state = (type: string, status: 'True' | 'False', reason = 'Reason'): ConditionState => ({
  type,
  status,
  reason,
  message: '',
});
const condition = (type: string, status: 'True' | 'False', reason = 'Reason'): Condition => ({
  ...state(type, status, reason),
  lastTransitionTime: before,
});

describe('setting a condition', () => {
  test('keeps the time while the status is the same', () => {
    expect(setCondition([condition('Ready', 'True')], state('Ready', 'True', 'Other'), now)).toEqual([
      condition('Ready', 'True', 'Other'),
    ]);
  });

  test('takes the new time when the status changes', () => {
    expect(setCondition([condition('Ready', 'True')], state('Ready', 'False'), now)).toEqual([
      { ...condition('Ready', 'False'), lastTransitionTime: now },
    ]);
  });

  test('keeps the list sorted by type, and leaves the given list alone', () => {
    const list = Object.freeze([condition('Stalled', 'True'), condition('Ready', 'True')]);
    expect(setCondition(list, state('Plaintext', 'True'), now).map((item) => item.type)).toEqual([
      'Plaintext',
      'Ready',
      'Stalled',
    ]);
  });
});

test('replacing all conditions drops the types that are not named', () => {
  const list = [condition('Stalled', 'True'), condition('Ready', 'False')];
  expect(replaceConditions(list, [state('Ready', 'False'), state('Plaintext', 'True')], now)).toEqual([
    { ...condition('Plaintext', 'True'), lastTransitionTime: now },
    condition('Ready', 'False'),
  ]);
});

test('conditions are found and removed by type', () => {
  const list = [condition('Stalled', 'True'), condition('Ready', 'False')];
  expect(removeCondition(list, 'Stalled')).toEqual([condition('Ready', 'False')]);
  expect(findCondition(list, 'Ready')?.status).toBe('False');
  expect(findCondition(undefined, 'Ready')).toBeUndefined();
  expect([isConditionTrue(list, 'Stalled'), isConditionTrue(list, 'Ready'), isConditionTrue(list, 'None')]).toEqual([
    true,
    false,
    false,
  ]);
});
