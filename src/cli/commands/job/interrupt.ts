/**
 * Ctrl-C while a job is followed: at a terminal it asks whether to kill, to detach or to go on; elsewhere it detaches, so
 * that `neuro run … | tee` never kills a job.
 */
import { ask } from '../../args/prompt.ts';
import type { Connection } from '../../cluster/connection.ts';
import { neuroJobs } from '../../cluster/kinds.ts';
import { exitCodes } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { note } from '../../output/say.ts';
import type { FollowTarget } from './follow.ts';

export async function interruptible(
  run: Invocation,
  connection: Connection,
  target: FollowTarget,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const abort = new AbortController();
  let code: number | undefined;
  let isAsking = false;
  const detach = (): void => {
    code = exitCodes.ok;
    note(
      run,
      `Detached; the job goes on: \`neuro logs ${target.name}\` follows it, \`neuro kill ${target.name}\` ends it.`,
    );
    abort.abort();
  };
  const onInterrupt = async (): Promise<void> => {
    if (!run.io.isInputTerminal || !run.io.isErrorTerminal) {
      detach();
      return;
    }
    if (isAsking) return;
    isAsking = true;
    const answer = await ask(run.io, '\nInterrupted. Please choose: K = kill, D = detach, Enter = continue: ').catch(
      () => 'd',
    );
    isAsking = false;
    if (/^d/i.test(answer)) detach();
    if (!/^k/i.test(answer)) return;
    await connection.client.patch(neuroJobs, target, { spec: { cancel: true } });
    code = exitCodes.interrupted;
    abort.abort();
  };
  const leave = run.io.onInterrupt(() => void onInterrupt());
  try {
    const result = await work(abort.signal);
    return code ?? result;
  } catch (error) {
    if (code !== undefined) return code;
    throw error;
  } finally {
    leave();
  }
}
