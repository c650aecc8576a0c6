/** What the dashboard says of today. */
import { expect, test } from 'vitest';
import type { NeuroJob } from '../../../../src/api/index.ts';
import type { SharedEntry } from '../../../../src/client/index.ts';
import { endingSoon, failedLately } from '../../../../src/console/web/dashboard/lately.ts';

const now = Date.parse('2026-11-28T12:00:00Z');

const job = (name: string, phase: 'Failed' | 'Succeeded', finishTime: string): NeuroJob => ({
  metadata: { name, namespace: 'alice' },
  spec: { image: 'x' },
  status: { phase, finishTime },
});

test('jobs that failed within a day, the latest first', () => {
  const jobs = [
    job('yesterday', 'Failed', '2026-11-27T11:59:59Z'),
    job('morning', 'Failed', '2026-11-28T06:00:00Z'),
    job('noon', 'Failed', '2026-11-28T11:00:00Z'),
    job('fine', 'Succeeded', '2026-11-28T11:30:00Z'),
  ];
  expect(failedLately(jobs, now).map(({ metadata }) => metadata.name)).toEqual(['noon', 'morning']);
});

test('access that ends within seven days, the soonest first', () => {
  const entry = (key: string, expiresAt?: string): SharedEntry => ({
    uri: `secret:/bob/${key}`,
    namespace: 'bob',
    name: key,
    key,
    access: 'read',
    owner: 'bob',
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  const entries = [
    entry('forever'),
    entry('week', '2026-12-05T11:00:00Z'),
    entry('later', '2026-12-05T13:00:00Z'),
    entry('today', '2026-11-28T13:00:00Z'),
  ];
  expect(endingSoon(entries, now).map(({ uri }) => uri)).toEqual(['secret:/bob/today', 'secret:/bob/week']);
});
