/** No file imports itself by way of others, and no controller imports from the folder of another. */
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { circlesIn, importsOf } from '../support/import-circles.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = globSync(['src', 'tools', 'scripts', 'test'].map((folder) => `${root}${folder}/**/*.{ts,tsx}`));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('a circle of imports', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['of values', { 'a.ts': "import { b } from './b.ts';", 'b.ts': "import { a } from './a.ts';" }],
    ['of types alone', { 'a.ts': "import type { B } from './b.ts';", 'b.ts': "import type { A } from './a.ts';" }],
    ['by a type within braces', { 'a.ts': "import { type B } from './b.ts';", 'b.ts': "export * from './a.ts';" }],
    ['by an import that is loaded later', { 'a.ts': "await import('./b.ts');", 'b.ts': "import './a.ts';" }],
  ])('%s is found', (_name, texts) => {
    const found = circlesIn(new Map(Object.entries(texts).map(([file, text]) => [file, importsOf(file, text)])));
    expect(found).toEqual([['a.ts', 'b.ts', 'a.ts']]);
  });

  test('two ways to one file are none', () => {
    const ways = new Map([
      ['a.ts', ['b.ts', 'c.ts']],
      ['b.ts', ['d.ts']],
      ['c.ts', ['d.ts']],
      ['d.ts', []],
    ]);
    expect(circlesIn(ways)).toEqual([]);
  });

  test('does not exist', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(circlesIn(imports).map((circle) => circle.map((file) => relative(root, file)))).toEqual([]);
  });
});

test('no controller imports from the folder of another', () => {
  const folderOf = (file: string): string | undefined => /^src\/controllers\/([^/]+)\//.exec(relative(root, file))?.[1];
  const crossing = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => folderOf(file) !== undefined && folderOf(target) !== undefined)
      .filter((target) => folderOf(target) !== folderOf(file))
      .map((target) => `${relative(root, file)} -> ${relative(root, target)}`),
  );
  expect(crossing).toEqual([]);
});
