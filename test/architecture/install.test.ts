/** `npm ci` runs no script of a package that nobody has looked at, and no package reaches users that nobody has looked at. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { listPath, shippedPackages } from '../../scripts/shipped-packages.ts';

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')) as T;
}

it('has a decision in allowScripts of package.json for each package with an install script', async () => {
  const { packages } = await json<{ packages: Record<string, { hasInstallScript?: boolean }> }>('package-lock.json');
  const { allowScripts } = await json<{ allowScripts: Record<string, boolean> }>('package.json');
  const withScript = Object.entries(packages)
    .filter(([, { hasInstallScript = false }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(Object.keys(allowScripts).toSorted()).toEqual([...new Set(withScript)].toSorted());
});

it('ships the packages of shipped-packages.txt and no others: look at a new one, then run node scripts/shipped-packages.ts', async () => {
  const listed = await readFile(listPath, 'utf8');
  expect(shippedPackages()).toBe(listed);
  // An empty list would be equal to an empty list.
  expect(listed.split('\n').length).toBeGreaterThan(100);
  expect(listed).toMatch(/^undici$/m);
  expect(listed).toMatch(/^react-dom$/m);
});
