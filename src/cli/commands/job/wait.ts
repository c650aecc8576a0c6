/** `neuro job wait`: until a job has ended; its exit code is the command's. */
import { isFinished } from '../../../client/index.ts';
import { durationMs } from '../../args/duration.ts';
import { homeOf } from '../../homes/home.ts';
import { getRunnableJob, statusWithReason } from '../../jobs/jobs.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { withProgress } from '../../output/progress.ts';
import { say } from '../../output/say.ts';
import { exitCodeOf } from './exit-code.ts';
import { pause } from '../../connect/pause.ts';

export interface WaitOptions {
  readonly timeout?: string;
}

const pollMs = 200;

export async function waitForJob(run: Invocation<WaitOptions>, text: string): Promise<number> {
  const { timeout } = run.options;
  const endMs = timeout === undefined ? Infinity : performance.now() + durationMs('--timeout', timeout);
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const finished = await withProgress(run, { what: 'Waiting' }, async (progress) => {
    for (;;) {
      const job = await getRunnableJob(connection, namespace, text);
      if (isFinished(job)) return job;
      progress.awaits(`Waiting for job '${job.metadata.name}': ${statusWithReason(job)}`);
      if (performance.now() >= endMs)
        throw new CliError(
          'timeout',
          `Job '${job.metadata.name}' has not ended within ${timeout ?? ''}: it is ${statusWithReason(job)}.`,
        );
      await pause(pollMs);
    }
  });
  say(run, statusWithReason(finished));
  return exitCodeOf(finished);
}
