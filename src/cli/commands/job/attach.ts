/** `neuro job attach`: joins a job that runs, or waits until it does; the terminal of one that has a terminal, else its output. */
import { isFinished } from '../../../client/index.ts';
import { parsePortPair } from '../../args/port-pair.ts';
import { homeOf } from '../../homes/home.ts';
import { getRunnableJob, jobCommand, jobName, statusWithReason } from '../../jobs/jobs.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { note } from '../../output/say.ts';
import { wantsTerminal } from '../../terminal/wants-terminal.ts';
import { stayWithJob } from './stay.ts';
import { createStatusPrinter } from './status-printer.ts';

export interface AttachOptions {
  readonly portForward?: readonly string[];
}

export async function attachToJob(run: Invocation<AttachOptions>, text: string): Promise<number> {
  const ports = (run.options.portForward ?? []).map(parsePortPair);
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const name = jobName(text);
  const job = await getRunnableJob(connection, namespace, name);
  if (isFinished(job))
    throw new CliError(
      'value',
      `Job '${name}' is not running: it is ${statusWithReason(job)}; ${jobCommand('logs', { namespace, name })} shows what it printed.`,
    );
  return stayWithJob(
    run,
    connection,
    { namespace, name },
    {
      tell: createStatusPrinter((line) => note(run, line), job.status?.phase === 'Running' ? job : undefined),
      tty: job.spec.tty === true && wantsTerminal(run.io, undefined),
      stdin: job.spec.stdin === true && job.spec.tty !== true,
      ports,
      // What was printed before is in the logs; of a job that is still to begin nothing is missed.
      limits: job.status?.phase === 'Running' ? { tailLines: 0 } : {},
    },
  );
}
