import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generateTypes } from '../../scripts/generate-types.ts';

test('the types in src/api/v1 are those that the CRDs make', async () => {
  const expected = await generateTypes();
  expect([...expected.keys()]).toHaveLength(4);
  for (const [path, text] of expected) {
    const found = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
    expect({ path, text: found }).toEqual({ path, text });
  }
});
