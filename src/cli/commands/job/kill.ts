/** `neuro job kill` and `neuro kill`: cancels jobs, prints each, and goes on after one that cannot be. */
import { homeOf } from '../../homes/home.ts';
import { getRunnableJob, jobName } from '../../jobs/jobs.ts';
import { neuroJobs } from '../../connect/kinds.ts';
import { exitCodes } from '../../exit-codes.ts';
import { FIELD_MANAGERS } from '../../../api/index.ts';
import { isFinished } from '../../../client/index.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import { eachOnItsOwn } from '../../output/each-on-its-own.ts';

export async function killJobs(run: Invocation, names: readonly string[]): Promise<number> {
  // A line that is wrong ends no job.
  for (const name of names) jobName(name);
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const options = { what: 'Killing', nameOf: String, failed: (text: string) => `Cannot kill job ${text}: ` };
  const exitCode = await eachOnItsOwn(run, options, names, async (text) => {
    const job = await getRunnableJob(connection, namespace, text);
    const { name } = job.metadata;
    // Killing what has ended is no failure, as in the original.
    if (!isFinished(job) && job.spec.cancel !== true)
      await connection.client.patch(
        neuroJobs,
        { namespace, name },
        { spec: { cancel: true } },
        { fieldManager: FIELD_MANAGERS.cli },
      );
    printLines(run, [name]);
  });
  return exitCode === exitCodes.ok ? exitCode : exitCodes.other;
}
