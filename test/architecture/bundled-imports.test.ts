/** A bundle gives a package of CommonJS that is imported by `import()` only its default export, which no test of the source can see. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src/', import.meta.url));
// The pages are bundled by Vite, which does give the named exports.
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.startsWith(join('console', 'web')),
);
const imported = new Set(
  files.flatMap((name) =>
    [...readFileSync(join(src, name), 'utf8').matchAll(/await import\('([^.'][^']*)'\)/g)].map(
      ([, found = '']) => found,
    ),
  ),
);
const packages = [...imported].filter((name) => !name.startsWith('node:'));

function isModule(path: string): boolean {
  if (/\.[cm]js$/.test(path)) return path.endsWith('.mjs');
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { type } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly type?: string };
      return type === 'module';
    } catch {
      // The package has its description further up.
    }
  }
  return false;
}

test.each(packages)('%s, which is imported when it is needed, is an ES module', (name) => {
  expect(isModule(fileURLToPath(import.meta.resolve(name)))).toBe(true);
});

test('a package of CommonJS would be seen', () => {
  expect(packages).not.toEqual([]);
  expect(isModule(fileURLToPath(import.meta.resolve('yaml')))).toBe(false);
});
