import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Measured } from './bounds.ts';
import { pageWith, tableOf } from './table.ts';

const waits = (['secret', 'job', 'control-secret', 'control-job'] as const).map((of) => ({
  of,
  startMs: 0,
  tookMs: 100,
}));
const row = (attack: string, more: Partial<Measured> = {}): Measured => ({
  attack,
  restarts: 0,
  leadershipChanges: 0,
  highestMemoryBytes: 100 * 1024 * 1024,
  longestStallMs: 10,
  longestQueueMs: 0,
  longestLagMs: 0,
  etcdGrowthBytes: 0,
  seconds: 60,
  waits,
  attackerBytes: 0,
  accepted: 0,
  taken: {},
  outside: [],
  ...more,
});
const result = {
  idle: { secretMs: 100, jobMs: 100, etcdGrowthBytes: 0 },
  idleRow: row('(none)'),
  measured: [row('lists', { taken: { 'secretgrants made': 34, 'usersecrets made': 1_234 }, restarts: 1 })],
};
const aims = new Map([['lists', 'long lists']]);
const circumstances = { seed: 7, attackSeconds: 35, date: new Date('2026-01-31T12:00:00Z'), processors: 2 };

test('the table says what each attack really sent, and marks what does not hold', () => {
  const [, , idle = '', lists = ''] = tableOf(result, aims).split('\n');
  expect(idle).toMatch(/^\| no attack \|  \| 0 \|/);
  expect(lists).toMatch(/^\| `lists`: long lists \| 1,234 usersecrets made, 34 secretgrants made \| \*\*1\*\* \|/);
});

test('the documentation has a place for it, and nothing else of the page changes', async () => {
  const page = await readFile(fileURLToPath(new URL('../../docs/security.md', import.meta.url)), 'utf8');
  const written = pageWith(page, tableOf(result, aims), circumstances);
  expect(written).toContain('`lists`: long lists');
  expect(written).toContain('2026-01-31 (seed 7, 35 s of attack in each row) on 2 processors');
  expect(pageWith(written, 'x', circumstances)).toBe(pageWith(page, 'x', circumstances));
  expect(() => pageWith('# A page', 'x', circumstances)).toThrow(RangeError);
});
