import { expect, test } from 'vitest';
import { ANNOTATION_LAST_APPLIED, withoutAppliedValue } from '../../src/api/index.ts';

test.each<[string, string | undefined, boolean]>([
  ['a plain value', JSON.stringify({ spec: { value: 'x' } }), true],
  ['plain bytes', JSON.stringify({ spec: { valueBase64: 'eA==' } }), true],
  ['no JSON', '{"spec":{"value":"x"', true],
  ['a sealed value', JSON.stringify({ spec: { sealed: { value: 'v1' } } }), false],
  ['no spec', JSON.stringify({ kind: 'UserSecret' }), false],
  ['nothing', undefined, false],
])('a copy of kubectl with %s', (_what, copy, isRemoved) => {
  const annotations = copy === undefined ? {} : { [ANNOTATION_LAST_APPLIED]: copy };
  expect(withoutAppliedValue({ annotations })).toEqual(isRemoved ? { [ANNOTATION_LAST_APPLIED]: null } : {});
});
