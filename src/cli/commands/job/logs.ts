/** `neuro job logs` and `neuro logs`: the output, followed until the job has ended; `--no-follow` up to now. */
import { isDuration, parseDurationSeconds } from '../../../api/index.ts';
import { homeOf } from '../../cluster/home.ts';
import { copyLogs, type LogOptions } from '../../cluster/job-logs.ts';
import { getJob, isFinished, jobName, statusWithReason } from '../../cluster/jobs.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { note } from '../../output/say.ts';
import { untilStarted } from './follow.ts';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly timestamps?: boolean;
  readonly tail?: string;
}

export async function jobLogs(run: Invocation<LogsOptions>, text: string): Promise<void> {
  const limits = limitsOf(run.options);
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const target = { namespace, name: jobName(text) };
  const job = await getJob(connection, namespace, text);
  const isFollowed = run.options.follow !== false && !isFinished(job);
  if (isFollowed) await untilStarted(connection, target, () => undefined);
  const first = await getJob(connection, namespace, text);
  const { podName } = first.status ?? {};
  const options = { follow: run.options.follow !== false && !isFinished(first), ...limits };
  const copied =
    podName === undefined
      ? undefined
      : await copyLogs(connection, { namespace, name: podName }, run.io.stdout, options);
  if (copied === undefined) note(run, `Job '${target.name}' has no output here: it is ${statusWithReason(first)}.`);
  const last = await getJob(connection, namespace, text);
  if (isFinished(last) && last.status?.phase !== 'Succeeded')
    note(run, `Job ${target.name} ${endOf(last.status?.phase)}${reasonOf(last.status?.reason)}`);
}

function limitsOf({ since, timestamps, tail }: LogsOptions): Omit<LogOptions, 'follow'> {
  if (tail !== undefined && !/^\d+$/.test(tail)) throw new CliError('usage', `--tail '${tail}' is no number of lines.`);
  return {
    ...(timestamps === true ? { timestamps } : {}),
    ...(tail === undefined ? {} : { tailLines: Number(tail) }),
    ...sinceOf(since),
  };
}

function sinceOf(since: string | undefined): Pick<LogOptions, 'sinceSeconds' | 'sinceTime'> {
  if (since === undefined) return {};
  if (isDuration(since)) return { sinceSeconds: parseDurationSeconds(since) };
  const time = new Date(since);
  if (Number.isNaN(time.getTime()))
    throw new CliError('usage', `--since '${since}' is neither a time (2027-01-31T18:00:00Z) nor an age (1d2h).`);
  return { sinceTime: time.toISOString() };
}

function endOf(phase: string | undefined): string {
  return phase === 'Cancelled' ? 'was cancelled' : 'failed';
}

function reasonOf(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}
