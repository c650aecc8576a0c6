/** docs/cli.md is what the command's help says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandReference } from '../../src/cli/reference.ts';

test('docs/cli.md is what `npm run docs:cli` writes', () => {
  expect(readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')).toBe(commandReference());
});
