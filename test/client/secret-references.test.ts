import { expect, test } from 'vitest';
import { ownSecretNames, secretUses } from '../../src/client/index.ts';

const spec = {
  image: 'busybox:1',
  env: [
    { name: 'PLAIN', value: 'x' },
    { name: 'TOKEN', fromSecret: { name: 'token' } },
  ],
  files: [{ path: '/key', fromSecret: { namespace: 'bob', name: 'key' } }],
  imagePullSecrets: [{ name: 'registry' }, { namespace: 'bob', name: 'mirror' }],
};

test('a job names secrets in variables, in files, and to pull its image with one or with several', () => {
  expect(secretUses(spec).map(({ target, reference }) => [target, reference.name])).toEqual([
    ['TOKEN', 'token'],
    ['/key', 'key'],
    [undefined, 'registry'],
    [undefined, 'mirror'],
  ]);
  const { imagePullSecrets: _, ...rest } = spec;
  expect(secretUses({ ...rest, imagePullSecret: { name: 'one' } }).at(-1)).toEqual({
    target: undefined,
    reference: { name: 'one' },
  });
});

test('the secrets of its own namespace count once each', () => {
  const twice = { ...spec, files: [{ path: '/token', fromSecret: { namespace: 'alice', name: 'token' } }] };
  expect(ownSecretNames(twice, 'alice')).toEqual(['token', 'registry']);
});
