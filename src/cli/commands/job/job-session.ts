/**
 * A terminal here joined to the terminal of a job, until the job has ended: what was printed before, then keys and output;
 * again after a cut connection or a restart of the container. Ctrl-P Ctrl-Q leaves it.
 */
import { Writable } from 'node:stream';
import { JOB_CONTAINER, type NeuroJob } from '../../../api/index.ts';
import { isFinished, createLogCursor } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { openRemoteCommand, type CommandEnd } from '../../../streams/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { copyLogs } from '../../jobs/job-logs.ts';
import { pause } from '../../connect/pause.ts';
import { podOf, type RunningPod } from '../../jobs/running-pod.ts';
import type { Invocation } from '../../factory.ts';
import { note } from '../../output/say.ts';
import { withoutOverlap } from '../../terminal/after-logs.ts';
import { terminalSession } from '../../terminal/terminal-session.ts';

const pollMs = 100;
/** What ended is seen in the job's status by then; otherwise the session was cut, and is joined again. */
const joinAgainMs = 3_000;
/** What the logs have has come by the attach by then. */
const settleMs = 150;

export async function jobSession(
  run: Invocation,
  connection: Connection,
  namespace: string,
  look: () => Promise<NeuroJob>,
  { withLogs, answered }: { readonly withLogs: boolean; readonly answered: () => Promise<void> },
): Promise<NeuroJob | 'detached'> {
  await answered();
  note(run, '===== The job has a terminal: Ctrl-P Ctrl-Q leaves it; press Enter where no prompt shows =====');
  let joined = '';
  let joinAtMs = 0;
  let isFirst = true;
  const output = { hasShown: false };
  for (;;) {
    const job = await look();
    const pod = podOf(job, namespace);
    const runOfPod = `${job.status?.podUid ?? ''}/${String(job.status?.restarts ?? 0)}`;
    if (isFinished(job)) {
      if (!output.hasShown && withLogs && job.status?.podName !== undefined)
        run.io.stdout.write(await logsOf(connection, { namespace, pod: job.status.podName, container: JOB_CONTAINER }));
      return job;
    }
    if (pod !== undefined && (runOfPod !== joined || performance.now() >= joinAtMs)) {
      // Every key is the job's from here on.
      await answered();
      joined = runOfPod;
      const end = await join(run, connection, pod, {
        withLogs: isFirst && withLogs,
        onOutput: () => (output.hasShown = true),
      });
      if (end === 'detached') return end;
      isFirst &&= end === 'not joined';
      joinAtMs = performance.now() + joinAgainMs;
    }
    await pause(pollMs);
  }
}

async function join(
  run: Invocation,
  connection: Connection,
  pod: RunningPod,
  { withLogs, onOutput }: { readonly withLogs: boolean; readonly onOutput: () => void },
): Promise<CommandEnd | 'detached' | 'cut' | 'not joined'> {
  let isJoined = false;
  try {
    const remote = await openRemoteCommand({ access: connection.access, ...pod, stdin: true, tty: true });
    isJoined = true;
    const output = gate(run.io.stdout, onOutput);
    const logs = withLogs ? logsOrNothing(connection, pod) : Promise.resolve(Buffer.alloc(0));
    const opening = logs.then(async (before) => {
      if (withLogs) await pause(settleMs);
      output.open(before);
    });
    // What it rejects with is thrown below, where the logs are awaited.
    opening.catch(() => undefined);
    const end = await terminalSession(run.io, remote, { canDetach: true, output: output.stream });
    output.open(await logs);
    return end;
  } catch (error) {
    // Gone before it was joined, or not there yet: the status of the job tells.
    if (isKernelError(error, 'BadRequest', 'NotFound', 'Server')) return 'not joined';
    if (!isKernelError(error, 'Network', 'Timeout')) throw error;
    if (isJoined) note(run, '\r\nThe connection was cut; joining again.');
    return isJoined ? 'cut' : 'not joined';
  }
}

/** Keeps what comes until it is opened with what was before it. */
function gate(
  output: Writable,
  onOutput: () => void,
): { readonly stream: Writable; readonly open: (before: Uint8Array) => void } {
  let kept: Buffer[] | undefined = [];
  return {
    stream: new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        onOutput();
        if (kept !== undefined) {
          kept.push(chunk);
          done();
        } else if (output.write(chunk)) done();
        else output.once('drain', done);
      },
    }),
    open: (before) => {
      if (kept === undefined) return;
      const fresh = withoutOverlap(before, Buffer.concat(kept));
      kept = undefined;
      if (before.length > 0) onOutput();
      output.write(Buffer.concat([before, fresh]));
    },
  };
}

/** The terminal is joined also where the output before it cannot be read. */
function logsOrNothing(connection: Connection, pod: RunningPod): Promise<Buffer<ArrayBuffer>> {
  return logsOf(connection, pod).catch((error: unknown) => {
    if (isKernelError(error)) return Buffer.alloc(0);
    throw error;
  });
}

async function logsOf(connection: Connection, { namespace, pod, container }: RunningPod): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const cursor = createLogCursor();
  await copyLogs(connection, { namespace, name: pod }, sink, { container, follow: false, cursor });
  return Buffer.concat(chunks);
}
