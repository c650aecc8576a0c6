/** Jobs as people name them, and what the API server says of them. */
import type { NeuroJob } from '../../api/index.ts';
import { quote, quoteAll } from '../../client/index.ts';
import { CliError } from '../errors.ts';
import type { Connection } from '../connect/connection.ts';
import { neuroJobs } from '../connect/kinds.ts';

/** The names that Kubernetes allows for any object: kubectl can create jobs too. */
const NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** `name`, or `job:name`. */
export function jobName(text: string): string {
  const name = text.replace(/^job:/, '');
  if (NAME.test(name)) return name;
  if (!name.includes('/'))
    throw new CliError(
      'usage',
      `'${text}' is not the name of a job, which has only a-z, 0-9, '-' and '.': write each name as a word of its own; \`neuro ps -q\` prints the names.`,
    );
  const last = name.slice(name.lastIndexOf('/') + 1);
  throw new CliError(
    'usage',
    `'${text}' is not the name of a job, which has no '/': write the name alone, such as '${last}'; --namespace chooses a namespace.`,
  );
}

export async function getJob(connection: Connection, namespace: string, text: string): Promise<NeuroJob> {
  const name = jobName(text);
  const job = await connection.client.get(neuroJobs, { namespace, name });
  if (job !== undefined) return job;
  throw new CliError(
    'notFound',
    `Job '${name}' not found in the namespace '${namespace}'; \`neuro ps -a -n ${quote(namespace)}\` shows which are there.`,
  );
}

/** A job that runs, ran or will run: a template never does, so commands would wait for it without an end. */
export async function getRunnableJob(connection: Connection, namespace: string, text: string): Promise<NeuroJob> {
  const job = await getJob(connection, namespace, text);
  if (job.spec.suspend !== true) return job;
  const { name, ownerReferences = [] } = job.metadata;
  const schedule = ownerReferences.find(({ kind, controller }) => kind === 'NeuroSchedule' && controller === true);
  const advice =
    schedule === undefined
      ? `\`neuro ps -a ${quoteAll(['-n', namespace])}\` lists the jobs that run`
      : `\`neuro schedule show ${quoteAll(['-n', namespace, schedule.name])}\` lists the jobs that run`;
  throw new CliError('value', `Job '${name}' is a template, which never runs itself; ${advice}.`);
}

/** A command about one job, for people to paste; with the namespace, as the same name in another one is another job. */
export function jobCommand(
  verb: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string {
  return `\`neuro ${verb} ${quoteAll(['-n', namespace, name])}\``;
}

/** The status in the words of the original: pending, running, succeeded, failed, cancelled. */
export function statusOf({ status }: NeuroJob): string {
  return (status?.phase ?? 'Pending').toLowerCase();
}

/** `failed (OOMKilled)`; a reason that says no more than the status is left out. */
export function statusWithReason(job: NeuroJob): string {
  const status = statusOf(job);
  const { reason } = job.status ?? {};
  return reason === undefined || reason.toLowerCase() === status || reason === 'Completed'
    ? status
    : `${status} (${reason})`;
}
