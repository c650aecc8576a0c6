import { expect, test } from 'vitest';
import { findCommands, mostFound, type PaletteCommand } from '../../../../src/console/web/palette/find-commands.ts';

const command = (group: PaletteCommand['group'], label: string, more = ''): PaletteCommand => ({
  id: `${group} ${label}`,
  group,
  label,
  more,
  run: () => undefined,
});
const commands = [
  command('pages', 'Jobs'),
  command('actions', 'Add a secret'),
  command('secrets', 'db-password', 'The reports database'),
  command('secrets', 'job-token'),
  command('jobs', 'nightly-job', 'busybox:1'),
];
const labels = (query: string): readonly string[] => findCommands(commands, query).map(({ label }) => label);

test('nothing typed shows pages and actions, not each secret', () => {
  expect(labels(' ')).toEqual(['Jobs', 'Add a secret']);
});

test('what begins with the word comes first, then actions, pages, secrets, jobs', () => {
  expect(labels('job')).toEqual(['Jobs', 'job-token', 'nightly-job']);
});

test('the whole name comes before longer ones, and every word must be in the name or the description', () => {
  expect(labels('NIGHTLY-job')).toEqual(['nightly-job']);
  expect(labels('reports db')).toEqual(['db-password']);
  expect(labels('reports nightly')).toEqual([]);
});

test('the list ends where nobody reads on', () => {
  const many = Array.from({ length: 500 }, (_, index) => command('secrets', `key-${String(index)}`));
  expect(findCommands(many, 'key')).toHaveLength(mostFound);
});
