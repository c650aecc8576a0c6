/** `neuro job port-forward`: ports of this machine lead to ports of a job, until Ctrl-C or the end of the job. */
import { isFinished } from '../../../client/index.ts';
import { parsePortPair, type PortPair } from '../../args/port-pair.ts';
import type { Connection } from '../../connect/connection.ts';
import { forwardPorts, type Forwarding } from '../../jobs/forward-ports.ts';
import { homeOf } from '../../homes/home.ts';
import { jobName, statusWithReason } from '../../jobs/jobs.ts';
import { pause } from '../../connect/pause.ts';
import { runningPod } from '../../jobs/running-pod.ts';
import { CliError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { note } from '../../output/say.ts';
import { jobLook } from './follow.ts';

const pollMs = 1_000;

export async function portForward(run: Invocation, text: string, words: readonly string[]): Promise<number> {
  const pairs = words.map(parsePortPair);
  if (pairs.length === 0) throw new CliError('usage', 'A port is missing: neuro port-forward JOB LOCAL:REMOTE.');
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const name = jobName(text);
  await runningPod(connection, namespace, name);
  const forwarding = await startForwarding(run, connection, { namespace, name }, pairs);
  const abort = new AbortController();
  const leave = run.io.onInterrupt(() => abort.abort());
  try {
    note(run, 'Press ^C to stop forwarding');
    const look = jobLook(run, connection, { namespace, name }, { tell: () => undefined, signal: abort.signal });
    for (;;) {
      await pause(pollMs, abort.signal);
      const job = await look();
      if (!isFinished(job)) continue;
      throw new CliError('other', `Job '${name}' has ended (${statusWithReason(job)}); its ports are closed.`);
    }
  } catch (error) {
    if (abort.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    leave();
    forwarding.close();
  }
}

/** Tells each pair, as the original does. */
export async function startForwarding(
  run: Invocation,
  connection: Connection,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  wanted: readonly PortPair[],
): Promise<Forwarding> {
  const forwarding = await forwardPorts(connection, wanted, {
    podNow: () => runningPod(connection, namespace, name),
    tell: (sentence) => note(run, sentence),
  });
  for (const { local, remote } of forwarding.pairs)
    note(run, `Port localhost:${local} will be forwarded to port ${remote} of ${name}`);
  return forwarding;
}
