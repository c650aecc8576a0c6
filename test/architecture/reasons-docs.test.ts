/** The pages that explain reasons name every reason that `src/api/reasons.ts` has, and no other. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const source = (await read('src/api/reasons.ts')).replaceAll(/\/\*[^]*?\*\//g, '');

const reasonsOf = (type: string): readonly string[] =>
  [...(new RegExp(`export type ${type} =([^;]*);`).exec(source)?.[1] ?? '').matchAll(/\| '(\w+)'/g)].map(
    ([, reason = '']) => reason,
  );

const section = async (page: string, title: string): Promise<string> =>
  (await read(page)).split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';

/** The words of the table that has the column, without what its cells explain in parentheses. */
function wordsOfColumn(text: string, column: string): readonly string[] {
  const tables = text.split(/\n{2,}/).map((block) => block.split('\n').map((line) => line.split('|').slice(1, -1)));
  return tables.flatMap(([head = [], , ...rows]) => {
    const index = head.findIndex((cell) => cell.trim() === column);
    return rows.flatMap((row) =>
      [...(row[index] ?? '').replaceAll(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, word = '']) => word),
    );
  });
}

test.each([
  ['UserSecretReason', 'docs/resources.md', 'UserSecret', 'reason'],
  ['SecretGrantReason', 'docs/resources.md', 'SecretGrant', 'reason'],
  ['NeuroJobReason', 'docs/jobs.md', 'Phases, reasons, conditions', 'reasons'],
  ['NeuroScheduleReason', 'docs/schedules.md', 'Status', 'reason'],
])('%s is explained in %s', async (type, page, title, column) => {
  const reasons = reasonsOf(type);
  expect(reasons.length).toBeGreaterThan(10);
  const text = await section(page, title);
  expect(reasons.filter((reason) => !text.includes(`\`${reason}\``))).toEqual([]);
  const words = wordsOfColumn(text, column);
  expect(words.length).toBeGreaterThan(5);
  expect(words.filter((word) => !reasons.includes(word))).toEqual([]);
});
