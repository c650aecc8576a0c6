/** The record of ended sessions: what it ends, how large it gets, and that nothing which it drops comes back. */
import { describe, expect, test } from 'vitest';
import {
  entriesIn,
  isEnded,
  maxEntries,
  maxSessionsOfUser,
  merged,
  patchOf,
  withEnded,
  type EndableSession,
  type Entries,
} from '../../../src/console/server/sessions/ended-record.ts';

const hourMs = 3_600_000;
const maxSessionMs = 12 * hourMs;
const start = Date.UTC(2026, 10, 28);
const none: Entries = new Map();

const session = (user: string, id: string, startedAt = start): EndableSession => ({
  user,
  id,
  startedAt,
  endsAt: startedAt + maxSessionMs,
});
const end = (entries: Entries, which: EndableSession, now: number): Entries =>
  withEnded(entries, which, { now, maxSessionMs });
/** As a browser that somebody logs out of every minute. */
function endMany(count: number, user = 'mallory', entries = none): Entries {
  let all = entries;
  for (let index = 0; index < count; index += 1) {
    const now = start + index * 60_000;
    all = end(all, session(user, String(index), now), now);
  }
  return all;
}

test('ends this session and no other', () => {
  const entries = end(none, session('alice', 'a'), start + 1);
  expect(isEnded(entries, session('alice', 'a'), start + 2)).toBe(true);
  expect(isEnded(entries, session('alice', 'b'), start + 2)).toBe(false);
  expect(isEnded(entries, session('bob', 'a'), start + 2)).toBe(false);
});

test('comes back from the ConfigMap as it went', () => {
  const entries = endMany(3);
  const data = Object.fromEntries(Object.entries(patchOf(none, entries) ?? {}).map(([key, text]) => [key, text ?? '']));
  expect(entriesIn(data)).toEqual(entries);
  for (const [key, text] of Object.entries(data)) {
    expect(key).toMatch(/^[-._A-Za-z0-9]{1,253}$/);
    expect(`${key} ${text}`).not.toContain('mallory');
  }
});

test('leaves out what nobody of us wrote', () => {
  expect(entriesIn({ a: '', b: 'x', c: '1', d: '1 2 3', e: '-1 2', f: '9'.repeat(40), g: '5 4' })).toEqual(
    new Map([['g', { until: 5, endedAt: 4 }]]),
  );
});

test('an entry goes with the end that its session has by itself', () => {
  const entries = end(none, session('alice', 'a'), start + 1);
  const later = start + maxSessionMs;
  expect(isEnded(entries, session('alice', 'a'), later - 1)).toBe(true);
  expect(merged(entries, none, later)).toEqual(none);
  expect(patchOf(entries, merged(entries, none, later))).toEqual({ [String([...entries.keys()][0])]: null });
});

describe('a user who logs in and out without an end', () => {
  const entries = endMany(1_000);

  test('has few entries', () => {
    expect(entries.size).toBeLessThanOrEqual(maxSessionsOfUser + 1);
  });

  test('brings none of the ended sessions back', () => {
    const now = start + 1_000 * 60_000;
    for (let index = 0; index < 1_000; index += 1) {
      const startedAt = start + index * 60_000;
      const isOver = startedAt + maxSessionMs <= now;
      expect(isOver || isEnded(entries, session('mallory', String(index), startedAt), now)).toBe(true);
    }
  });

  test('can log in again, and costs nobody else a session', () => {
    const now = start + 1_000 * 60_000;
    expect(isEnded(entries, session('mallory', 'new', now), now)).toBe(false);
    expect(isEnded(entries, session('alice', 'a'), now)).toBe(false);
  });
});

test('a record that is full of users with one entry each ends everybody’s sessions rather than forget one', () => {
  const users = Array.from({ length: maxEntries + 1 }, (_, index) => session(`user-${String(index)}`, 'a'));
  const [last, ...others] = users;
  // Each of them alone, since a thousand merges of thousands take long.
  let entries: Entries = new Map(others.flatMap((each) => [...end(none, each, start + 10)]));
  expect(entries.size).toBe(maxEntries);
  entries = end(entries, last ?? session('', ''), start + 11);
  expect([...entries.keys()]).toEqual(['all']);
  for (const each of users) expect(isEnded(entries, each, start + 20)).toBe(true);
  expect(isEnded(entries, session('late', 'a', start + 20), start + 21)).toBe(false);
  expect(isEnded(entries, users[0] ?? session('', ''), start + 11 + maxSessionMs)).toBe(false);
});

describe('a record that is full', () => {
  const perUser = maxSessionsOfUser;
  const mallets = maxEntries / perUser - 1;
  const users = Array.from({ length: mallets }, (_, index) => `mallet-${String(index)}`);
  const [bob, ended] = [session('bob', 'b'), session('bob', 'ended')];
  let full: Entries = end(none, ended, start + 1);
  for (const user of users) full = new Map([...full, ...endMany(perUser, user)]);
  // And one for Bob's session.
  full = new Map([...full, ...endMany(perUser - 1, 'mallory')]);

  test('has one entry for the user with the most, and everybody else keeps their sessions', () => {
    expect(full.size).toBe(maxEntries);
    const now = start + perUser * 60_000;
    const entries = end(full, session('alice', 'a'), now);
    expect(entries.size).toBeLessThan(maxEntries);
    expect(isEnded(entries, session('alice', 'a'), now)).toBe(true);
    expect(isEnded(entries, bob, now)).toBe(false);
    expect(isEnded(entries, ended, now)).toBe(true);
  });

  test('brings none of the ended sessions back, and ends none that began later', () => {
    const now = start + perUser * 60_000;
    const entries = end(full, session('alice', 'a'), now);
    for (const user of [...users, 'mallory'])
      for (let index = 0; index < perUser - 1; index += 1)
        expect(isEnded(entries, session(user, String(index), start + index * 60_000), now)).toBe(true);
    for (const user of users) expect(isEnded(entries, session(user, 'new', now), now)).toBe(false);
  });
});

test('two replicas that end sessions at once agree in the end, in any order', () => {
  const [one, other] = [endMany(40, 'alice'), endMany(7, 'bob')];
  const now = start + 41 * 60_000;
  expect(new Map([...merged(one, other, now)].toSorted())).toEqual(new Map([...merged(other, one, now)].toSorted()));
  expect(isEnded(merged(one, other, now), session('alice', '3', start + 3 * 60_000), now)).toBe(true);
});

test('a clock that was ahead where the session started does not save it', () => {
  const ahead = session('alice', 'a', start + 5_000);
  let entries = endMany(maxSessionsOfUser, 'alice');
  entries = end(entries, ahead, start);
  expect(isEnded(entries, ahead, start + 1)).toBe(true);
});
