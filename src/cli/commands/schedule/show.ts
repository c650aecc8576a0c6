/** `neuro schedule show`: all about a schedule, and its jobs, the newest first. */
import { API_VERSION, LABEL_SCHEDULE, type NeuroJob, type NeuroSchedule } from '../../../api/index.ts';
import { scheduleMessage, scheduleState } from '../../../client/index.ts';
import { listAll, neuroJobs } from '../../connect/kinds.ts';
import { homeOf } from '../../homes/home.ts';
import type { Invocation } from '../../factory.ts';
import { statusWithReason } from '../../jobs/jobs.ts';
import { printObjects, withKind } from '../../output/objects.ts';
import { printLines } from '../../output/print.ts';
import { note } from '../../output/say.ts';
import { printRows, printFields } from '../../output/table.ts';
import { ago } from '../../output/when.ts';
import { getSchedule } from './find.ts';
import { scheduleRef } from './ls.ts';

export async function showSchedule(run: Invocation, name: string): Promise<void> {
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const schedule = await getSchedule(connection, namespace, name);
  const object = withKind(schedule, { apiVersion: API_VERSION, kind: 'NeuroSchedule' });
  if (await printObjects(run, [object], { nameOf: scheduleRef, isList: false })) return;
  const labelSelector = `${LABEL_SCHEDULE}=${name}`;
  const jobs = await listAll(connection.client.list(neuroJobs, { namespace, labelSelector }));
  printFields(run, fieldsOf(schedule));
  if (jobs.length === 0) {
    note(run, `It has no jobs; \`neuro schedule run-now ${name}\` creates one now.`);
    return;
  }
  const now = run.io.now();
  jobs.sort((a, b) => createdAt(b).localeCompare(createdAt(a)));
  printLines(run, ['']);
  printRows<NeuroJob>(
    run,
    [
      { title: 'JOB', cell: ({ metadata }) => metadata.name },
      { title: 'STATUS', cell: statusWithReason },
      { title: 'CREATED', cell: (job) => ago(createdAt(job), now) },
      { title: 'EXIT', cell: ({ status }) => String(status?.exitCode ?? '') },
    ],
    jobs,
  );
}

function fieldsOf(schedule: NeuroSchedule): readonly (readonly [string, string | undefined])[] {
  const { spec, status = {}, metadata } = schedule;
  const { lastFinished: last } = status;
  const result =
    last === undefined ? undefined : `${(last.phase ?? '').toLowerCase()} (${last.name}, ${last.time ?? ''})`;
  return [
    ['Schedule', metadata.name],
    ['Description', spec.description],
    ['Runs', `${spec.schedule} (${spec.timeZone ?? 'UTC'})`],
    ['State', scheduleState(schedule)],
    ['Message', scheduleMessage(schedule)],
    ['Template', spec.jobTemplate.name],
    ['Concurrency', (spec.concurrencyPolicy ?? 'Allow').toLowerCase()],
    ['Next run', status.nextScheduleTime],
    ['Last run', status.lastScheduleTime],
    ['Last result', result],
    ['Last success', status.lastSuccessfulTime],
    ['Last missed', status.lastMissedTime],
    ['Running', String(status.activeCount ?? 0)],
  ];
}

function createdAt({ metadata }: NeuroJob): string {
  return metadata.creationTimestamp ?? '';
}
