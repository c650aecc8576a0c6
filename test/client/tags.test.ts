import { expect, test } from '@jest/globals';
import { tagsOf } from '../../src/client/index.ts';

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
