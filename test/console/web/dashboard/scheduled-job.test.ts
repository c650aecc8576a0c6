import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { NeuroJob } from '../../../../src/api/index.ts';
import {
  scheduledCommand,
  scheduledManifest,
  scheduleOf,
} from '../../../../src/console/web/dashboard/scheduled-job.ts';

const job: NeuroJob = { metadata: { namespace: 'alice', name: 'tool-7f3a' }, spec: { image: 'tool:1' } };
const times = { schedule: ' 0 3 * * 1-5 ', timeZone: 'Europe/Berlin' };

test('without a schedule the job runs once', () => {
  expect(scheduleOf(job, { ...times, schedule: ' ' })).toBeUndefined();
  expect(scheduledCommand({ text: 'neuro run tool:1' }, undefined)).toEqual({ text: 'neuro run tool:1' });
});

test('the command makes the same schedule, and keeps a name that someone chose', () => {
  const schedule = scheduleOf(job, times);
  expect(scheduledCommand({ text: 'neuro run --namespace alice tool:1' }, schedule).text).toBe(
    "neuro run --schedule '0 3 * * 1-5' --time-zone Europe/Berlin --name tool-7f3a --namespace alice tool:1",
  );
  expect(scheduledCommand({ text: 'neuro run --name mine tool:1' }, schedule).text).toBe(
    "neuro run --schedule '0 3 * * 1-5' --time-zone Europe/Berlin --name mine tool:1",
  );
});

test('the manifest has the template and the schedule', async () => {
  const schedule = scheduleOf(job, times);
  if (schedule === undefined) throw new Error('there is a schedule');
  const text = await scheduledManifest(schedule, job);
  const objects = parseAllDocuments(text).map((document) => parse(String(document)) as Record<string, unknown>);
  expect(objects).toMatchObject([
    { kind: 'NeuroJob', metadata: { name: 'tool-7f3a' }, spec: { image: 'tool:1', suspend: true } },
    { kind: 'NeuroSchedule', spec: { schedule: '0 3 * * 1-5', jobTemplate: { name: 'tool-7f3a' } } },
  ]);
});
