/**
 * Follows a job: its status until it runs, and its output until it has ended.
 *
 * Promises: every byte of the output once, in order, whatever happens to the connection meanwhile; of each run of the
 * container, where it is restarted. Not promised: output that the node has deleted. While a container runs, the node keeps the run before, so
 * of several runs that end between two looks, only the last is shown.
 */
import { JOB_CONTAINER, type NeuroJob } from '../../../api/index.ts';
import { isFinished, createLogCursor } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { copyLogs, wantsRunBefore, type LogLimits, type LogOptions } from '../../jobs/job-logs.ts';
import { getJob, statusWithReason } from '../../jobs/jobs.ts';
import { createRetry } from '../../connect/retry.ts';
import { pause } from '../../connect/pause.ts';
import type { Invocation } from '../../factory.ts';
import { withProgress } from '../../output/progress.ts';
import { note } from '../../output/say.ts';

/** How often the job is read: as often as in the original. */
const pollMs = 200;
/** The status changes soon after the output has ended. */
const shortPollMs = 50;
/** How long the output may go on after a cancel was seen. */
const lastOutputMs = 1_000;
/** The pause after the output of a running container has ended, which something between here and the node has cut off. */
const followAgainMs = 2_000;
const longestPauseMs = 5_000;
/** An answer that takes so long had trouble on its way. */
const troubleMs = 5_000;
/** Requests for the output of a finished job. */
const triesAtTheEnd = 5;
/** Tries, over some ten seconds, of an API server that has just begun and does not know every right yet. */
const triesWhenRefused = 6;
/** Something has happened to a job by then, where the operator runs. */
const operatorQuietMs = 10_000;

export interface FollowTarget {
  readonly namespace: string;
  readonly name: string;
}

interface FollowOptions {
  readonly tell: (job: NeuroJob) => void;
  readonly signal?: AbortSignal | undefined;
}

interface OutputOptions extends FollowOptions {
  /** Limits for the first run of the container that is shown. */
  readonly limits?: LogLimits;
  readonly keepTimes?: boolean;
}

type Look = () => Promise<NeuroJob>;

/** The job as it is now; waits for an API server that is away. */
export function jobLook(
  run: Invocation,
  connection: Connection,
  { namespace, name }: FollowTarget,
  { tell, signal }: FollowOptions,
): Look {
  const retry = createRetry(run, signal);
  return async () => {
    const job = await retry(() => getJob(connection, namespace, name));
    tell(job);
    return job;
  };
}

interface WaitingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with each state until it runs; rejects to give the job up. */
  readonly onWaiting?: ((job: NeuroJob) => Promise<void>) | undefined;
}

/** Until it runs or has ended. */
export function untilStarted(run: Invocation, look: Look, options: WaitingOptions = {}): Promise<NeuroJob> {
  return withProgress(run, { what: 'Waiting for the job' }, (progress) =>
    seenStarted(run, look, options, (job) =>
      progress.awaits(`Waiting for job '${job.metadata.name}': ${statusWithReason(job)}`),
    ),
  );
}

async function seenStarted(
  run: Invocation,
  look: Look,
  { signal, onWaiting }: WaitingOptions,
  show: (job: NeuroJob) => void,
): Promise<NeuroJob> {
  const startedMs = performance.now();
  let isTold = false;
  for (;;) {
    const job = await look();
    if (isFinished(job) || job.status?.phase === 'Running') return job;
    show(job);
    await onWaiting?.(job);
    if (!isTold && job.status?.phase === undefined && performance.now() - startedMs > operatorQuietMs) {
      isTold = true;
      note(
        run,
        'The operator has not taken up the job yet, and may not run: `neuro doctor` checks. Ctrl-C ends the waiting, not the job.',
      );
    }
    await pause(pollMs, signal);
  }
}

/** Copies the output of every run of the container to standard output, and resolves with the finished job. */
export async function untilFinished(
  run: Invocation,
  connection: Connection,
  target: FollowTarget,
  options: OutputOptions,
): Promise<NeuroJob> {
  const { signal, keepTimes = false } = options;
  const look = jobLook(run, connection, target, options);
  let { limits = {} } = options;
  let shown = '';
  let cursor = createLogCursor({ keepTimes });
  let failures = 0;
  let followAtMs = 0;
  for (;;) {
    const job = await look();
    const isOver = isFinished(job);
    const podName = podWithOutput(job);
    if (podName !== undefined) {
      const runOfPod = `${job.status?.podUid ?? ''}/${String(job.status?.restarts ?? 0)}`;
      const pod = { namespace: target.namespace, name: podName };
      const copyWith = (options: Omit<LogOptions, 'container'>): Promise<boolean> =>
        copyLogs(connection, pod, run.io.stdout, { container: JOB_CONTAINER, ...options });
      const copy = (follow: boolean, stop: AbortSignal | undefined): Promise<boolean> =>
        copyWith({ follow, cursor, limits, signal: stop });
      try {
        if (runOfPod !== shown) {
          if (shown !== '') limits = {};
          // The end of the run before, or all of it, may have been printed between two looks.
          if (wantsRunBefore(job, limits)) await copyWith({ follow: false, previous: true, cursor, signal });
          shown = runOfPod;
          cursor = createLogCursor({ keepTimes });
          followAtMs = 0;
        }
        if (isOver) await copy(false, signal);
        else if (performance.now() >= followAtMs) {
          const isCopied = await whileItRuns((stop) => copy(true, stop), look, signal);
          signal?.throwIfAborted();
          followAtMs = performance.now() + (isCopied ? followAgainMs : pollMs);
        }
        failures = 0;
      } catch (error) {
        signal?.throwIfAborted();
        const isRefused = isKernelError(error, 'Forbidden', 'Unauthorized');
        if (!isRefused && !isKernelError(error, 'Network', 'Timeout', 'Server', 'TooManyRequests')) throw error;
        failures += 1;
        // If output was readable before, the refusal is probably transient; otherwise report it at once.
        if (isRefused && (cursor.lastTime === undefined || failures >= triesWhenRefused)) throw error;
        if (isOver && failures >= triesAtTheEnd) {
          note(run, `The rest of the output cannot be read (${error.message}).`);
          return job;
        }
        await pause(Math.min(pollMs * 2 ** failures, longestPauseMs), signal);
        continue;
      }
    }
    if (isOver) return job;
    await pause(followAtMs > performance.now() ? shortPollMs : pollMs, signal);
  }
}

/** Its name once a container of it has begun. */
function podWithOutput({ status }: NeuroJob): string | undefined {
  return status?.startTime === undefined && status?.exitCode === undefined ? undefined : status.podName;
}

/**
 * The output as it comes, with the changes of the job beside it. The container of a cancelled job may go on for the whole
 * grace period, so its stream is left soon.
 */
async function whileItRuns(
  copy: (stop: AbortSignal) => Promise<boolean>,
  look: Look,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const end = new AbortController();
  const stop = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]);
  const watching = (async () => {
    while (!stop.aborted) {
      await pause(pollMs, stop);
      const askedMs = performance.now();
      const { status } = await look();
      // The connection was away; the stream may hang on one that nobody ends.
      if (performance.now() - askedMs > troubleMs) {
        end.abort();
        return;
      }
      // Otherwise the container has ended, and the stream ends with its last byte.
      if (status?.phase === 'Cancelled') break;
    }
    await pause(lastOutputMs, stop);
    end.abort();
  })().catch(() => {
    // The job has gone, or the user may not read it any more. The caller looks again, and reports that.
    end.abort();
  });
  try {
    return await copy(stop);
  } finally {
    end.abort();
    await watching;
  }
}
