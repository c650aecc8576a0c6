import { expect, test } from 'vitest';
import { ReflectorGroup, type Reflecting } from '../../src/kernel/reflector-group.ts';
import { unhealthyWatches } from '../../src/kernel/health.ts';

const reflecting = (changes: Partial<Reflecting> = {}): Reflecting => ({
  hasSynced: true,
  whenSynced: () => Promise.resolve(),
  lastProgressMs: 1_000,
  progressedMs: 1_000,
  failedMs: 0,
  silenceMs: 100,
  description: 'one',
  run: () => Promise.resolve(),
  ...changes,
});

test('a group is synced when all of it is', () => {
  expect(new ReflectorGroup([reflecting(), reflecting()]).hasSynced).toBe(true);
  expect(new ReflectorGroup([reflecting(), reflecting({ hasSynced: false })]).hasSynced).toBe(false);
});

test('one that is stuck is not hidden by others that live, or that fail', () => {
  const stuck = reflecting({ progressedMs: 1_000, description: 'stuck' });
  const nowMs = 500_000;
  const group = new ReflectorGroup([
    reflecting({ progressedMs: nowMs }),
    stuck,
    reflecting({ progressedMs: 0, failedMs: nowMs }),
  ]);
  expect(unhealthyWatches([group], nowMs)).toEqual(['stuck: stuck for 500 s']);
});

test('it runs all of them, and ends when all have ended', async () => {
  const ran: string[] = [];
  const run = (name: string) => () => {
    ran.push(name);
    return Promise.resolve();
  };
  const group = new ReflectorGroup([reflecting({ run: run('a') }), reflecting({ run: run('b') })]);
  await group.run(new AbortController().signal);
  expect(ran).toEqual(['a', 'b']);
});

test('a group of none is an error of the caller', () => {
  expect(() => new ReflectorGroup([])).toThrow(RangeError);
});
