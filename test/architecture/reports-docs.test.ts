/** docs/reports.md says for each report which test shows the verdict: each of these tests must be there. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const rows = (await read('docs/reports.md'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:-|report |theme )/.test(line))
  .map((line) => ({ report: line.split(' | ')[0]?.slice(2) ?? '', tests: line.split(' | ').at(-1) ?? '' }));

it('lists the reports by theme, and thirty one by one', () => {
  expect(rows.filter(({ report }) => /\(20\d\d-\d\d\)$/.test(report)).length).toBeGreaterThanOrEqual(30);
});

it.each(rows)('has a test that is there: $report', async ({ tests }) => {
  const files = [...tests.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, file = '']) => file);
  expect(files).not.toEqual([]);
  const sources = await Promise.all(files.map((file) => read(`test/${file}`)));
  for (const [, title = ''] of tests.matchAll(/"([^"]+)"/g))
    expect(sources.some((source) => source.includes(title))).toBe(true);
});
