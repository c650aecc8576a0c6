/** The tables of error codes name every code of the layer, and no other; those of the kernel are compared in test/kernel/errors.test.ts. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The rows of the table in that section: the codes of the first column, and the second column. */
async function rowsOf(page: string, title: string): Promise<readonly (readonly [code: string, second: string])[]> {
  const section = (await read(page)).split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  return section
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .flatMap(([, codes = '', second = '']) =>
      [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => [code, second] as const),
    );
}

test('docs/errors.md has each code of the console with its status, in order', async () => {
  const [, statuses = ''] = /const statuses = {([^}]*)}/.exec(await read('src/console/server/errors.ts')) ?? [];
  const known = [...statuses.matchAll(/(\w+): (\d{3}),/g)].map(([, code = '', status = '']) => [code, status] as const);
  expect(known.length).toBeGreaterThan(20);
  expect(await rowsOf('docs/errors.md', 'Console')).toEqual(known.toSorted(([a], [b]) => (a < b ? -1 : 1)));
});

test('docs/sealing.md has each code of the sealing', async () => {
  const [, union = ''] = /type SealingErrorCode =([^;]*);/.exec(await read('src/sealing/errors.ts')) ?? [];
  const known = [...union.matchAll(/'(\w+)'/g)].map(([, code = '']) => code);
  expect(known.length).toBeGreaterThan(5);
  const documented = (await rowsOf('docs/sealing.md', 'What goes wrong')).map(([code]) => code);
  expect(documented.toSorted()).toEqual(known.toSorted());
});
