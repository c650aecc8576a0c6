/** What is news: once each, never what was there before. */
import { describe, expect, test } from 'vitest';
import { ANNOTATION_ROTATE_BY, type NeuroJob, type UserSecret } from '../../../../src/api/index.ts';
import { defined } from '../../../../src/defined.ts';
import type { SharedEntry } from '../../../../src/client/index.ts';
import { endedJobs, endingAccess, endingRotation, NewsDesk } from '../../../../src/console/web/notify/news.ts';

const now = Date.parse('2027-01-20T12:00:00Z');
const job = (name: string, uid: string, finishTime?: string): NeuroJob =>
  ({
    metadata: { namespace: 'alice', name, uid },
    spec: { image: 'x' },
    status: finishTime === undefined ? { phase: 'Running' } : { phase: 'Succeeded', finishTime },
  }) as unknown as NeuroJob;
const entry = (expiresAt?: string): SharedEntry => ({
  uri: 'secret:/bob/key',
  namespace: 'bob',
  access: 'read',
  owner: 'bob',
  name: 'key',
  key: 'key',
  ...defined({ expiresAt }),
});
const secret = (day: string): UserSecret => ({
  metadata: { namespace: 'alice', name: 'key', uid: 'u', annotations: { [ANNOTATION_ROTATE_BY]: day } },
  spec: { value: 'the-value' },
});

describe('jobs', () => {
  test('that had ended before the first look are no news; one that ends later is, once', () => {
    const desk = new NewsDesk();
    const old = job('old', '1', '2027-01-01T00:00:00Z');
    expect(desk.take('job', endedJobs([old, job('train', '2')]), now)).toEqual([]);
    const ended = endedJobs([old, job('train', '2', '2027-01-20T11:00:00Z')]);
    expect(desk.take('job', ended, now).map(({ id }) => id)).toEqual(['job 2']);
    expect(desk.take('job', ended, now)).toEqual([]);
  });

  test('a list that is empty for a moment makes no news of what it had', () => {
    const desk = new NewsDesk();
    const ended = endedJobs([job('old', '1', '2027-01-01T00:00:00Z')]);
    desk.take('job', ended, now);
    desk.take('job', [], now);
    expect(desk.take('job', ended, now)).toEqual([]);
  });

  test('another job of the same name is another', () => {
    const desk = new NewsDesk();
    desk.take('job', endedJobs([job('train', '1', '2027-01-01T00:00:00Z')]), now);
    expect(desk.take('job', endedJobs([job('train', '2', '2027-01-02T00:00:00Z')]), now)).toHaveLength(1);
  });
});

describe('access', () => {
  test.each<[string, string | undefined, boolean]>([
    ['without an end', undefined, false],
    ['that ends in two days', '2027-01-22T12:00:00Z', false],
    ['that ends in a day', '2027-01-21T12:00:00Z', true],
    ['that ends in a minute', '2027-01-20T12:01:00Z', true],
    ['that has ended', '2027-01-20T12:00:00Z', false],
    ['whose end cannot be read', 'soon', false],
  ])('%s', (_what, expiresAt, isNews) => {
    expect(endingAccess([entry(expiresAt)], now)).toHaveLength(isNews ? 1 : 0);
  });

  test('is announced a day and a quarter of an hour before, and again when the end was moved', () => {
    const desk = new NewsDesk();
    const look = (expiresAt: string, atMs: number): number =>
      desk.take('access', endingAccess([entry(expiresAt)], atMs), atMs).length;
    const end = '2027-01-22T00:00:00Z';
    const endMs = Date.parse(end);
    const minuteMs = 60_000;
    expect(look(end, endMs - 1_500 * minuteMs)).toBe(0);
    expect([1_440, 1_439, 16, 15, 14, 1].map((minutes) => look(end, endMs - minutes * minuteMs))).toEqual([
      1, 0, 0, 1, 0, 0,
    ]);
    expect(look('2027-01-22T01:00:00Z', endMs)).toBe(1);
  });

  test('of one owner who moves the end again and again is announced ten times an hour, and that of another owner as ever', () => {
    const desk = new NewsDesk();
    desk.take('access', [], now);
    const look = (count: number, namespace: string, atMs: number): number => {
      const expiresAt = new Date(now + 7_200_000 + count).toISOString();
      return desk.take('access', endingAccess([{ ...entry(expiresAt), namespace }], atMs), atMs).length;
    };
    let announced = 0;
    for (let count = 0; count < 100; count += 1) announced += look(count, 'mallory', now + count);
    expect([announced, look(500, 'bob', now + 100)]).toEqual([10, 1]);
    expect(look(200, 'mallory', now + 3_600_000)).toBe(1);
  });
});

test('a date to rotate by is announced two weeks before and on the last day, without the value', () => {
  const desk = new NewsDesk();
  const endMs = Date.parse('2027-02-15T23:59:59.999Z');
  const hourMs = 3_600_000;
  const seen = [400, 336, 335, 25, 24, 1, -1].map((hours) =>
    desk.take('rotate', endingRotation([secret('2027-02-15')], endMs - hours * hourMs), endMs - hours * hourMs),
  );
  expect(seen.map(({ length }) => length)).toEqual([0, 1, 0, 0, 1, 0, 0]);
  expect(JSON.stringify(seen)).toContain('2027-02-15');
  expect(JSON.stringify(seen)).not.toContain('the-value');
  expect(endingRotation([secret('someday')], endMs)).toEqual([]);
});
