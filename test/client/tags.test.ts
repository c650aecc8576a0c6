import { describe, expect, test } from 'vitest';
import { parseTagChanges, readTag, tagDifference, tagsOf } from '../../src/client/index.ts';

test('labels of people are tags; those of tools are none', () => {
  const labels = {
    team: 'reports',
    nightly: '',
    seen: 'true',
    'app.kubernetes.io/managed-by': 'neuro',
    'neu.ro/job': 'x',
  };
  expect(tagsOf({ labels })).toEqual(['nightly', 'seen', 'team=reports']);
  expect(tagsOf({})).toEqual([]);
});

describe('a tag that is typed', () => {
  test.each([
    ['team', { name: 'team', value: '' }],
    ['team=reports', { name: 'team', value: 'reports' }],
    ['example.com/team', { fault: 'prefix' }],
    ['-team', { fault: 'name' }],
    ['', { fault: 'name' }],
    ['a b', { fault: 'name' }],
    ['x'.repeat(64), { fault: 'name' }],
    ['team=a=b', { fault: 'value' }],
    [`team=${'x'.repeat(64)}`, { fault: 'value' }],
  ])('%j', (tag, expected) => {
    expect(readTag(tag)).toEqual(expected);
  });

  test('follows the rules of the command', () => {
    for (const word of ['example.com/x', '-team', 'team=a=b', 'team=ok', 'ok'])
      expect('problem' in parseTagChanges([word])).toBe('fault' in readTag(word));
  });
});

test('only the labels that change are written', () => {
  const change = (former: readonly string[], next: readonly string[]) => ({ ...tagDifference(former, next) });
  expect(change(['team=reports', 'urgent'], ['urgent', 'team=finance', 'old'])).toEqual({ team: 'finance', old: '' });
  expect(change(['team=reports', 'urgent'], ['team=reports'])).toEqual({ urgent: null });
  expect(change(['a'], ['a'])).toEqual({});
  expect(change(['__proto__'], ['constructor'])).toEqual({ constructor: '' });
});
