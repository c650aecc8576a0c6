/**
 * Stays with a job until it has ended or is left: its statuses, then its terminal or its output, the input for it, and its
 * ports. Resolves with the exit code of the command.
 */
import { Writable } from 'node:stream';
import type { NeuroJob } from '../../../api/index.ts';
import { isFinished } from '../../../client/index.ts';
import { openRemoteCommand } from '../../../streams/index.ts';
import type { PortPair } from '../../args/port-pair.ts';
import type { Connection } from '../../connect/connection.ts';
import type { Forwarding } from '../../jobs/forward-ports.ts';
import type { LogLimits } from '../../jobs/job-logs.ts';
import { podOf } from '../../jobs/running-pod.ts';
import type { Invocation } from '../../factory.ts';
import { detail } from '../../output/say.ts';
import { showingSentInput } from '../../terminal/sent-input.ts';
import { exitCodeOf } from './exit-code.ts';
import { jobLook, untilFinished, untilStarted, type FollowTarget } from './follow.ts';
import { interruptible } from './interrupt.ts';

export interface StayOptions {
  readonly tell: (job: NeuroJob) => void;
  /** Join the terminals. */
  readonly tty: boolean;
  /** Standard input goes to the job. */
  readonly stdin: boolean;
  readonly ports: readonly PortPair[];
  /** Limits the output of a job that runs already. */
  readonly limits?: LogLimits;
  /** Called with each state until it runs; rejects to give the job up. */
  readonly onWaiting?: ((job: NeuroJob) => Promise<void>) | undefined;
  /** Leave it as soon as it runs. */
  readonly detach?: boolean;
}

export async function stayWithJob(
  run: Invocation,
  connection: Connection,
  target: FollowTarget,
  { tell, tty, stdin, ports, onWaiting, limits = {}, detach = false }: StayOptions,
): Promise<number> {
  return interruptible(run, connection, target, async ({ signal, detached, answered }) => {
    const look = jobLook(run, connection, target, { tell, signal });
    const started = await untilStarted(run, look, { signal, onWaiting });
    if (detach) return started.status?.phase === 'Failed' ? exitCodeOf(started) : 0;
    let forwarding: Forwarding | undefined;
    const end = new AbortController();
    try {
      if (ports.length > 0 && !isFinished(started)) {
        const { startForwarding } = await import('./port-forward.ts');
        forwarding = await startForwarding(run, connection, target, ports);
      }
      if (tty) {
        const { jobSession } = await import('./job-session.ts');
        const finished = await jobSession(run, connection, target.namespace, look, {
          withLogs: limits.tailLines !== 0,
          answered,
        });
        return finished === 'detached' ? detached() : exitCodeOf(finished);
      }
      if (stdin) void feedInput(run, connection, started, target, end.signal);
      return exitCodeOf(await untilFinished(run, connection, target, { tell, signal, limits }));
    } finally {
      end.abort();
      forwarding?.close();
    }
  });
}

/** The output comes by the logs, which lose nothing; so this is the input alone. */
async function feedInput(
  run: Invocation,
  connection: Connection,
  job: NeuroJob,
  { namespace }: FollowTarget,
  signal: AbortSignal,
): Promise<void> {
  const pod = podOf(job, namespace);
  if (pod === undefined) return;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    const request = { access: connection.access, ...pod, stdin: true, output: false, tty: false, signal };
    const remote = await openRemoteCommand(request);
    await showingSentInput(run, ({ onSent }) =>
      remote.run({ stdin: run.io.stdin, stdout: nowhere, stderr: nowhere, onSent }),
    );
  } catch (error) {
    if (!signal.aborted) detail(run, `The input has ended: ${error instanceof Error ? error.message : String(error)}`);
  }
}
