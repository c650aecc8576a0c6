/** A file exports only what another file uses. */
import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loneExports } from '../support/lone-exports.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = globSync(['src', 'tools', 'scripts', 'test'].map((folder) => `${root}${folder}/**/*.{ts,tsx}`));
/** Written by a program, of which each file is one whole. */
const isWritten = (path: string): boolean => !/^src\/api\/v1\//.test(path);

test('an export that no other file names is found, and one that another file names is not', () => {
  const texts = new Map([
    ['a.ts', 'export const used = 1;\nexport function lone() {}\nexport type Alone = string;\nconst own = 2;'],
    ['b.ts', "import { used } from './a.ts';\nexport async function other() { return used; }"],
  ]);
  expect(loneExports(texts, (path) => path === 'a.ts')).toEqual(['a.ts: lone', 'a.ts: Alone']);
});

test('no file exports what only it uses', () => {
  const texts = new Map(files.map((file) => [relative(root, file), readFileSync(file, 'utf8')]));
  expect(loneExports(texts, isWritten)).toEqual([]);
});
