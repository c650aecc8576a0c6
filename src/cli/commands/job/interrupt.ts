/**
 * Ctrl-C while a job is followed: at a terminal it asks whether to kill, to detach or to go on; elsewhere it detaches, so
 * that `neuro run … | tee` never kills a job.
 */
import type { Connection } from '../../connect/connection.ts';
import { neuroJobs } from '../../connect/kinds.ts';
import { jobCommand } from '../../jobs/jobs.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { clearLine, holdLine } from '../../output/live-line.ts';
import { endLine } from '../../output/screen.ts';
import { reportError } from '../../output/report-error.ts';
import { note } from '../../output/say.ts';
import { askKey } from '../../terminal/ask-key.ts';
import type { FollowTarget } from './follow.ts';

const question = 'Interrupted. C or K = kill the job, D = detach, Enter = continue: ';
/** The bytes that the keyboard sends in raw mode. */
const [ctrlC, ctrlD] = ['\u0003', '\u0004'];

interface Interruptible {
  /** Aborted when the job is left or killed. */
  readonly signal: AbortSignal;
  /** Tells that the job goes on, and returns the exit code for that. */
  readonly detached: () => number;
  /** Resolves when nobody is asked: before the keys go to the job, so that none of them answers the question. */
  readonly answered: () => Promise<void>;
}

export async function interruptible(
  run: Invocation,
  connection: Connection,
  target: FollowTarget,
  work: (interrupt: Interruptible) => Promise<number>,
): Promise<number> {
  const { name } = target;
  const abort = new AbortController();
  let code: number | undefined;
  let asking: Promise<void> | undefined;
  const detached = (): number => {
    note(
      run,
      `Detached; the job goes on: ${jobCommand('attach', target)} joins it again, ${jobCommand('kill', target)} ends it.`,
    );
    return exitCodes.ok;
  };
  const detach = (): void => {
    code = detached();
    abort.abort();
  };
  const kill = async (): Promise<void> => {
    try {
      await connection.client.patch(neuroJobs, target, { spec: { cancel: true } });
    } catch (error) {
      reportError(run, error, `Cannot kill job ${name}: `);
      return;
    }
    note(run, `Job ${name} is killed.`);
    code = exitCodes.interrupted;
    abort.abort();
  };
  const ask = async (): Promise<void> => {
    const release = holdLine(run.io);
    endLine(run.io);
    const key = await askKey(run.io, question).catch(() => ctrlD);
    release();
    if (abort.signal.aborted) return;
    if (/^d$/i.test(key) || key === ctrlD) detach();
    else if (/^[ck]$/i.test(key) || key === ctrlC) await kill();
  };
  const leave = run.io.onInterrupt(() => {
    if (!run.io.isInputTerminal || !run.io.isErrorTerminal) detach();
    else asking ??= ask().finally(() => (asking = undefined));
  });
  const answered = async (): Promise<void> => {
    await asking;
    abort.signal.throwIfAborted();
  };
  try {
    const result = await work({ signal: abort.signal, detached, answered });
    return code ?? result;
  } catch (error) {
    if (code !== undefined) return code;
    throw error;
  } finally {
    leave();
    // The question may still stand: nobody answers it now.
    if (asking !== undefined) {
      clearLine(run.io);
      run.io.setRaw(false);
    }
    run.io.stdin.pause();
  }
}
