import { expect, test } from 'vitest';
import { parseOptions } from '../../src/operator/options.ts';

test('all namespaces are served unless some are named', () => {
  expect(parseOptions([], {}).namespaces).toBeUndefined();
});

test('those that are named are served, and that of the operator', () => {
  const options = parseOptions(['--namespaces', 'alice, bob,alice'], { POD_NAMESPACE: 'neuro' });
  expect(options.namespaces).toEqual(['alice', 'bob', 'neuro']);
});
