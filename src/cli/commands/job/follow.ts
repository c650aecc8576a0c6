/** Follows a job to its end: status changes, output, and the exit code that the command ends with. */
import type { NeuroJob } from '../../../api/index.ts';
import type { Connection } from '../../cluster/connection.ts';
import { copyLogs } from '../../cluster/job-logs.ts';
import { getJob, isFinished } from '../../cluster/jobs.ts';
import { exitCodes } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { visible } from '../../output/text.ts';
import { pause } from '../../cluster/pause.ts';

/** As often as the original asks. */
const pollMs = 200;
/** How long the output may go on after a cancel was seen. */
const lastOutputMs = 1_000;

export interface FollowTarget {
  readonly namespace: string;
  readonly name: string;
}

/** Tells each status once, in order, also one that was over before it was seen. */
export function createStatusTeller(tell: (line: string) => void): (job: NeuroJob) => void {
  let told = 0;
  let last = '';
  return ({ status }) => {
    const transitions = status?.transitions ?? [];
    // The list holds the last twenty only; the newest is told in any case.
    for (const { phase, reason, message } of transitions.slice(Math.min(told, Math.max(0, transitions.length - 1)))) {
      const why = reason === undefined || reason === phase || reason === 'Completed' ? '' : ` ${reason}`;
      const more =
        phase === 'Failed' || phase === 'Cancelled'
          ? (message ?? '')
          : reason === 'MissingSecrets'
            ? (message ?? '')
            : '';
      const line = `Status: ${phase.toLowerCase()}${why}${more === '' ? '' : ` (${visible(more)})`}`;
      if (line !== last) tell(line);
      last = line;
    }
    told = transitions.length;
  };
}

/** Until it runs or has ended. */
export async function untilStarted(
  connection: Connection,
  { namespace, name }: FollowTarget,
  tell: (job: NeuroJob) => void,
  signal?: AbortSignal,
): Promise<NeuroJob> {
  for (;;) {
    const job = await getJob(connection, namespace, name);
    tell(job);
    if (isFinished(job) || job.status?.phase === 'Running') return job;
    await pause(pollMs, signal);
  }
}

/** Copies the output of every run of the container, and resolves with the finished job. */
export async function untilFinished(
  run: Invocation,
  connection: Connection,
  { namespace, name }: FollowTarget,
  tell: (job: NeuroJob) => void,
  signal?: AbortSignal,
): Promise<NeuroJob> {
  let shown = '';
  for (;;) {
    const job = await getJob(connection, namespace, name);
    tell(job);
    const { podName, podUid, restarts } = job.status ?? {};
    const runOfPod = `${podUid ?? ''}/${String(restarts ?? 0)}`;
    const hasRun = job.status?.startTime !== undefined || job.status?.exitCode !== undefined;
    if (podName !== undefined && hasRun && runOfPod !== shown) {
      const copied = isFinished(job)
        ? await copyLogs(connection, { namespace, name: podName }, run.io.stdout, { follow: false })
        : await copyWhileItRuns(run, connection, { namespace, name }, podName, tell, signal);
      signal?.throwIfAborted();
      if (copied !== undefined) {
        shown = runOfPod;
        // The output has ended, so there is news of the job.
        if (!isFinished(job)) continue;
      }
    }
    if (isFinished(job)) return job;
    await pause(pollMs, signal);
  }
}

/**
 * The output as it comes, with the changes of the job beside it. The container of a cancelled job may go on for the whole
 * grace period, so its stream is left soon.
 */
async function copyWhileItRuns(
  run: Invocation,
  connection: Connection,
  { namespace, name }: FollowTarget,
  podName: string,
  tell: (job: NeuroJob) => void,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const end = new AbortController();
  const stop = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]);
  const watching = (async () => {
    while (!stop.aborted) {
      await pause(pollMs, stop);
      const job = await getJob(connection, namespace, name);
      tell(job);
      // Otherwise the container has ended, and the stream ends with its last byte.
      if (job.status?.phase === 'Cancelled') break;
    }
    await pause(lastOutputMs, stop);
    end.abort();
  })().catch(() => undefined);
  try {
    const options = { follow: true, signal: stop };
    return await copyLogs(connection, { namespace, name: podName }, run.io.stdout, options);
  } finally {
    end.abort();
    await watching;
  }
}

/** The job's own exit code; 125 where it has none. What was cancelled did not do its work, so it is never 0. */
export function exitCodeOf({ status }: NeuroJob): number {
  switch (status?.phase) {
    case 'Succeeded':
      return exitCodes.ok;
    case 'Cancelled':
      if (status.reason === 'LifeSpanEnded') return exitCodes.timeout;
      return status.reason === 'AccessRevoked' ? exitCodes.notPermitted : exitCodes.interrupted;
    default:
      return status?.exitCode ?? exitCodes.couldNotStart;
  }
}
