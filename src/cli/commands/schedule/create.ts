/** `neuro run --schedule`: a schedule, and the suspended job that it runs copies of. */
import { FIELD_MANAGERS, isTimeZone, type NeuroJobSpec, type NeuroSchedule } from '../../../api/index.ts';
import { baseOfImage, makeJobName, quoteAll, scheduleProblem, templateOf } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { isKernelError } from '../../../kernel/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { neuroJobs, neuroSchedules } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import { note, say, warn } from '../../output/say.ts';
import type { RunOptions } from '../job/job-spec.ts';

/** What makes no sense for jobs that nobody follows. */
const refusedFlags = [
  ['tty', '--tty'],
  ['stdin', '--stdin'],
  ['portForward', '--port-forward'],
  ['share', '--share'],
  ['waitStart', '--wait-start'],
] as const;

/** Throws what is wrong with the flags, before anything is asked of the cluster. */
export function checkScheduleOptions(options: RunOptions, schedule: string): void {
  const { timeZone } = options;
  const problem = scheduleProblem({ schedule });
  if (problem !== undefined) throw new CliError('usage', `--schedule: ${problem}.`);
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new CliError('usage', `--time-zone '${timeZone}' is not a time zone: write it like Europe/Berlin, or UTC.`);
  for (const [name, flag] of refusedFlags)
    if (options[name] !== undefined && options[name] !== false)
      throw new CliError('usage', `${flag} does not go with --schedule: nobody follows the jobs of a schedule.`);
}

export async function createSchedule(
  run: Invocation<RunOptions>,
  connection: Connection,
  namespace: string,
  { spec, schedule }: { readonly spec: NeuroJobSpec; readonly schedule: string },
): Promise<void> {
  const { client } = connection;
  const { timeZone } = run.options;
  const name = run.options.name ?? makeJobName(baseOfImage(spec.image)).name;
  const by = { fieldManager: FIELD_MANAGERS.cli };
  const { description } = spec;
  const object = {
    metadata: { namespace, name },
    spec: { schedule, jobTemplate: { name }, ...defined({ timeZone, description }) },
  };
  const made: NeuroSchedule = await client.create(neuroSchedules, object, by).catch((error: unknown) => {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
    throw new CliError('illegalArgument', `The schedule '${name}' exists: choose another --name, or remove it first.`);
  });
  try {
    await client.create(neuroJobs, templateOf(made, spec), by);
  } catch (error) {
    // Half of it would wait for its template without an end.
    await client
      .delete(neuroSchedules, { namespace, name }, defined({ uid: made.metadata.uid }))
      .catch((left: unknown) => {
        // Another one has its name.
        if (isKernelError(left, 'Conflict')) return;
        warn(
          run,
          `The schedule '${name}' has no job to start, and could not be removed again: \`neuro schedule rm ${quoteAll(['-n', namespace, name])}\`.`,
        );
      });
    if (!isKernelError(error, 'AlreadyExists')) throw error;
    throw new CliError('illegalArgument', `There is a job '${name}' already: choose another --name for the schedule.`);
  }
  if (run.options.quiet === true) printLines(run, [name]);
  say(run, `Schedule: ${name}`);
  note(run, `\`neuro schedule show ${quoteAll(['-n', namespace, name])}\` shows when it runs, and its jobs.`);
}
