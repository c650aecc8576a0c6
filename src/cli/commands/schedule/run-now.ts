/** `neuro schedule run-now`: one job of the schedule's template, with the rights of the person who asks. */
import { FIELD_MANAGERS } from '../../../api/index.ts';
import { runNowOf } from '../../../client/index.ts';
import { neuroJobs } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import { homeOf } from '../../homes/home.ts';
import type { Invocation } from '../../factory.ts';
import { jobCommand } from '../../jobs/jobs.ts';
import { printLines } from '../../output/print.ts';
import { note } from '../../output/say.ts';
import { getSchedule } from './find.ts';

export async function runNow(run: Invocation, name: string): Promise<void> {
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const schedule = await getSchedule(connection, namespace, name);
  const { name: templateName } = schedule.spec.jobTemplate;
  const template = await connection.client.get(neuroJobs, { namespace, name: templateName });
  const job = template === undefined ? undefined : runNowOf(schedule, template);
  if (job === undefined)
    throw new CliError('notFound', `Schedule '${name}' has no template: there is no suspended job '${templateName}'.`);
  const made = await connection.client.create(neuroJobs, job, { fieldManager: FIELD_MANAGERS.cli });
  printLines(run, [made.metadata.name]);
  note(run, `${jobCommand('logs', { namespace, name: made.metadata.name })} shows its output.`);
}
