/** The list of jobs: filters, order, how long each ran. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import type { NeuroJob } from '../../../../src/api/index.ts';
import {
  filterJobs,
  ranSeconds,
  sortJobs,
  type JobFilter,
  type JobSort,
} from '../../../../src/console/web/jobs/job-rows.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const job = (name: string, at: string, status: NeuroJob['status'], spec: Partial<NeuroJob['spec']> = {}): NeuroJob => ({
  metadata: { name, namespace: 'alice', creationTimestamp: `2026-11-25T${at}:00Z` },
  spec: { image: 'busybox:1', ...spec },
  ...(status === undefined ? {} : { status }),
});
const jobs = [
  job('new', '11:59', undefined),
  job('runs', '11:50', { phase: 'Running', startTime: '2026-11-25T11:58:00Z' }, { tags: ['nightly'] }),
  job('failed', '11:00', {
    phase: 'Failed',
    reason: 'OOMKilled',
    startTime: '2026-11-25T11:00:00Z',
    finishTime: '2026-11-25T11:00:30Z',
  }),
  job(
    'done',
    '09:00',
    { phase: 'Succeeded', startTime: '2026-11-25T09:00:00Z', finishTime: '2026-11-25T10:00:00Z' },
    { image: 'trainer:2', description: 'Train it' },
  ),
];
const all: JobFilter = { text: '', phase: '', sinceHours: undefined };
const names = (found: readonly NeuroJob[]): readonly string[] => found.map(({ metadata }) => metadata.name);

test.each<[Partial<JobFilter>, readonly string[]]>([
  [{}, ['new', 'runs', 'failed', 'done']],
  [{ phase: 'Unfinished' }, ['new', 'runs']],
  [{ phase: 'Pending' }, ['new']],
  [{ phase: 'Failed' }, ['failed']],
  [{ sinceHours: 1 }, ['new', 'runs', 'failed']],
  [{ text: 'TRAIN' }, ['done']],
  [{ text: 'nightly runs' }, ['runs']],
  [{ text: 'oomkilled' }, ['failed']],
  [{ text: 'nothing' }, []],
])('%j finds %j', (filter, found) => {
  expect(names(filterJobs(jobs, { ...all, ...filter }, now))).toEqual(found);
});

test.each<[JobSort, boolean, readonly string[]]>([
  ['created', true, ['new', 'runs', 'failed', 'done']],
  ['name', false, ['done', 'failed', 'new', 'runs']],
  ['status', false, ['runs', 'new', 'failed', 'done']],
  ['duration', true, ['done', 'runs', 'failed', 'new']],
])('ordered by %s, descending %s: %j', (by, isDescending, order) => {
  expect(names(sortJobs(jobs, { by, isDescending }, now))).toEqual(order);
});

test('what runs counts to now, what ended to its end, what never began not at all', () => {
  expect(jobs.map((one) => ranSeconds(one, now))).toEqual([undefined, 120, 30, 3600]);
});
