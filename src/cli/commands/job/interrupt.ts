/**
 * Ctrl-C while a job is followed: at a terminal it asks whether to kill, to detach or to go on; elsewhere it detaches, so
 * that `neuro run … | tee` never kills a job.
 */
import type { Connection } from '../../connect/connection.ts';
import { neuroJobs } from '../../connect/kinds.ts';
import { jobCommand } from '../../jobs/jobs.ts';
import { explain } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { holdLine } from '../../output/live-line.ts';
import { endLine } from '../../output/screen.ts';
import { note, sayError } from '../../output/say.ts';
import { askKey } from '../../terminal/ask-key.ts';
import type { FollowTarget } from './follow.ts';

const question = 'Interrupted. C or K = kill the job, D = detach, Enter = continue: ';
/** As the keyboard sends them in raw mode. */
const [ctrlC, ctrlD] = ['\u0003', '\u0004'];

/** `detached` tells that the job goes on, and answers the exit code for that. */
export async function interruptible(
  run: Invocation,
  connection: Connection,
  target: FollowTarget,
  work: (signal: AbortSignal, detached: () => number) => Promise<number>,
): Promise<number> {
  const { name } = target;
  const abort = new AbortController();
  let code: number | undefined;
  const asking = { isOpen: false };
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
      sayError(run, `Cannot kill job ${name}: ${explain(error).sentence}`);
      return;
    }
    note(run, `Job ${name} is killed.`);
    code = exitCodes.interrupted;
    abort.abort();
  };
  const onInterrupt = async (): Promise<void> => {
    if (!run.io.isInputTerminal || !run.io.isErrorTerminal) {
      detach();
      return;
    }
    if (asking.isOpen) return;
    asking.isOpen = true;
    const release = holdLine(run.io);
    endLine(run.io);
    const key = await askKey(run.io, question).catch(() => ctrlD);
    asking.isOpen = false;
    release();
    if (abort.signal.aborted) return;
    endLine(run.io);
    if (/^d$/i.test(key) || key === ctrlD) detach();
    else if (/^[ck]$/i.test(key) || key === ctrlC) await kill();
  };
  const leave = run.io.onInterrupt(() => void onInterrupt());
  try {
    const result = await work(abort.signal, detached);
    return code ?? result;
  } catch (error) {
    if (code !== undefined) return code;
    throw error;
  } finally {
    leave();
    // The question may still stand: nobody answers it now.
    if (asking.isOpen) run.io.setRaw(false);
    run.io.stdin.pause();
  }
}
