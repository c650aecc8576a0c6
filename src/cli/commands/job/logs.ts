/** `neuro job logs` and `neuro logs`: the output, followed until the job has ended; `--no-follow` up to now. */
import { JOB_CONTAINER, isDuration, parseDurationSeconds, type NeuroJob } from '../../../api/index.ts';
import { isFinished, createLogCursor } from '../../../client/index.ts';
import { homeOf } from '../../homes/home.ts';
import { copyLogs, type LogLimits } from '../../jobs/job-logs.ts';
import { getRunnableJob, jobName, statusWithReason } from '../../jobs/jobs.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { note } from '../../output/say.ts';
import { jobLook, untilFinished, untilStarted } from './follow.ts';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly timestamps?: boolean;
  readonly tail?: string;
}

export async function jobLogs(run: Invocation<LogsOptions>, text: string): Promise<void> {
  const { follow, timestamps: keepTimes = false } = run.options;
  const limits = limitsOf(run.options);
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const name = jobName(text);
  const job = await getRunnableJob(connection, namespace, name);
  if (follow !== false && !isFinished(job)) {
    const tell = (): void => undefined;
    await untilStarted(run, jobLook(run, connection, { namespace, name }, { tell }));
    tellEnd(run, await untilFinished(run, connection, { namespace, name }, { tell, limits, keepTimes }));
    return;
  }
  const { podName } = job.status ?? {};
  const cursor = createLogCursor({ keepTimes });
  const options = { container: JOB_CONTAINER, follow: false, cursor, limits };
  const isCopied =
    podName !== undefined && (await copyLogs(connection, { namespace, name: podName }, run.io.stdout, options));
  if (!isCopied) note(run, noOutputSentence(job));
  tellEnd(run, job);
}

/** The node keeps the output for as long as the Pod exists. */
function noOutputSentence(job: NeuroJob): string {
  const { name } = job.metadata;
  return isFinished(job)
    ? `The output of job '${name}' is not available: its container never started, or its Pod was deleted. The job is ${statusWithReason(job)}.`
    : `Job '${name}' has no output yet: it is ${statusWithReason(job)}.`;
}

function tellEnd(run: Invocation, { metadata: { name }, status }: NeuroJob): void {
  if (status?.phase !== 'Failed' && status?.phase !== 'Cancelled') return;
  const end = status.phase === 'Cancelled' ? 'was cancelled' : 'failed';
  note(run, `Job ${name} ${end}${status.reason === undefined ? '' : ` (${status.reason})`}`);
}

function limitsOf({ since, tail }: LogsOptions): LogLimits {
  if (tail !== undefined && !/^\d+$/.test(tail))
    throw new CliError('usage', `--tail '${tail}' is not a number of lines: write a whole number, such as 100.`);
  return {
    ...(tail === undefined ? {} : { tailLines: Number(tail) }),
    ...sinceOf(since),
  };
}

function sinceOf(since: string | undefined): LogLimits {
  if (since === undefined) return {};
  if (isDuration(since)) return { sinceSeconds: parseDurationSeconds(since) };
  const time = new Date(since);
  if (Number.isNaN(time.getTime()))
    throw new CliError('usage', `--since '${since}' is neither a time (2027-01-31T18:00:00Z) nor an age (1d2h).`);
  return { sinceTime: time.toISOString() };
}
