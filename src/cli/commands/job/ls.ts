/** `neuro job ls` and `neuro ps`: jobs that have not finished, oldest first; `-a` all. */
import type { NeuroJob } from '../../../api/index.ts';
import { isFinished, quoteAll } from '../../../client/index.ts';
import { isDuration, parseDurationSeconds } from '../../../api/index.ts';
import { compare } from '../../../compare.ts';
import type { Connection } from '../../connect/connection.ts';
import { homeOf } from '../../homes/home.ts';
import { missingSentence, namespaceState } from '../../homes/namespace-state.ts';
import { statusOf } from '../../jobs/jobs.ts';
import { listAll, neuroJobs } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects, withKind } from '../../output/objects.ts';
import { printLines } from '../../output/print.ts';
import { note } from '../../output/say.ts';
import { printRows, type Column } from '../../output/table.ts';
import type { Colour } from '../../output/colour.ts';
import { ago } from '../../output/when.ts';
import { API_VERSION } from '../../../api/index.ts';

export interface JobListOptions {
  readonly all?: boolean;
  readonly status?: readonly string[];
  readonly name?: string;
  readonly tag?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly recentFirst?: boolean;
  readonly description?: string;
}

/** The colours of the original. */
const colours: Readonly<Record<string, Colour>> = {
  pending: 'cyan',
  running: 'blue',
  succeeded: 'green',
  cancelled: 'yellow',
  failed: 'red',
};
const statuses = ['pending', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export async function listJobs(run: Invocation<JobListOptions>): Promise<void> {
  const isWanted = filterOf(run.options, run.io.now());
  const connection = await run.connect();
  const home = await homeOf(connection, run.options);
  const jobs = (await listAll(connection.client.list(neuroJobs, { namespace: home }))).filter(isWanted);
  const direction = run.options.recentFirst === true ? -1 : 1;
  jobs.sort((a, b) => direction * compare(createdAt(a), createdAt(b)) || compare(a.metadata.name, b.metadata.name));
  const objects = jobs.map((job) => withKind(job, { apiVersion: API_VERSION, kind: 'NeuroJob' }));
  if (await printObjects(run, objects, { nameOf: ({ metadata }: NeuroJob) => `neurojob.neu.ro/${metadata.name}` }))
    return;
  if (run.options.quiet === true) {
    printLines(
      run,
      jobs.map(({ metadata }) => metadata.name),
    );
    return;
  }
  const now = run.io.now();
  const columns: readonly Column<NeuroJob>[] = [
    { title: 'ID/NAME', cell: ({ metadata }) => metadata.name },
    { title: 'STATUS', cell: statusOf, colour: (job) => colours[statusOf(job)] },
    { title: 'WHEN', cell: (job) => ago(whenOf(job), now) },
    { title: 'IMAGE', cell: ({ spec }) => spec.image, isFlexible: true },
    { title: 'OWNER', cell: () => home },
    {
      title: 'COMMAND',
      cell: ({ spec }) => quoteAll([...(spec.command ?? []), ...(spec.args ?? [])]),
      isFlexible: true,
    },
    { title: 'REASON', cell: ({ status }) => status?.reason ?? '', isWide: true },
    { title: 'EXIT', cell: ({ status }) => String(status?.exitCode ?? ''), isWide: true },
    { title: 'TAGS', cell: ({ spec }) => (spec.tags ?? []).join(','), isWide: true },
    { title: 'PRESET', cell: ({ spec }) => spec.preset ?? '', isWide: true },
    { title: 'DESCRIPTION', cell: ({ spec }) => spec.description ?? '', isWide: true },
  ];
  printRows(run, columns, jobs);
  if (jobs.length === 0) note(run, await emptySentence(run, connection, home));
}

async function emptySentence(
  { options }: Invocation<JobListOptions>,
  connection: Connection,
  home: string,
): Promise<string> {
  const { presence } = await namespaceState(connection, home);
  if (presence === 'missing') return missingSentence(home);
  const { all, status = [], name, tag = [], since, until, description } = options;
  const isOfSome = tag.length > 0 || [name, since, until, description].some((filter) => filter !== undefined);
  if (status.length > 0 || (all === true && isOfSome)) return `No such jobs in the namespace '${home}'.`;
  if (all === true) return `No jobs in the namespace '${home}' yet; \`neuro run IMAGE\` makes one.`;
  return `No ${isOfSome ? 'such' : 'unfinished'} jobs in the namespace '${home}'; -a shows finished ones too.`;
}

/** Started for a job that runs, finished for one that has ended, else created: as the original's WHEN. */
function whenOf({ metadata, status }: NeuroJob): string | undefined {
  return status?.finishTime ?? status?.startTime ?? metadata.creationTimestamp;
}

function filterOf(options: JobListOptions, now: Date): (job: NeuroJob) => boolean {
  const { status = [], name, tag = [], since, until, all, description } = options;
  for (const word of status)
    if (!statuses.some((known) => known === word))
      throw new CliError('usage', `--status is one of ${statuses.join(', ')}, not '${word}'.`);
  const sinceMs = since === undefined ? -Infinity : timeOf(since, '--since', now);
  const untilMs = until === undefined ? Infinity : timeOf(until, '--until', now);
  return (job) => {
    const createdMs = new Date(createdAt(job)).getTime();
    if (name !== undefined && job.metadata.name !== name) return false;
    if (description !== undefined && job.spec.description !== description) return false;
    if (!tag.every((word) => job.spec.tags?.includes(word) === true)) return false;
    if (createdMs < sinceMs || createdMs > untilMs) return false;
    if (status.length > 0) return status.includes(statusOf(job));
    // A template never runs.
    return all === true || (!isFinished(job) && job.spec.suspend !== true);
  };
}

function timeOf(text: string, flag: string, now: Date): number {
  if (isDuration(text)) return now.getTime() - parseDurationSeconds(text) * 1000;
  const time = new Date(text).getTime();
  if (Number.isNaN(time))
    throw new CliError('usage', `${flag} '${text}' is neither a time (2027-01-31T18:00:00Z) nor an age (1d2h).`);
  return time;
}

function createdAt({ metadata }: NeuroJob): string {
  return metadata.creationTimestamp ?? '';
}
