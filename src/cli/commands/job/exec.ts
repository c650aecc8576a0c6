/** `neuro job exec` and `neuro exec`: a command in the container of a job that runs; its exit code is this one's. */
import { shellWords } from '../../args/shell-words.ts';
import { homeOf } from '../../homes/home.ts';
import { runningPod } from '../../jobs/running-pod.ts';
import { jobCommand } from '../../jobs/jobs.ts';
import { CliError } from '../../errors.ts';
import { isKernelError } from '../../../kernel/index.ts';
import type { Invocation } from '../../factory.ts';
import { openRemoteCommand, type CommandEnd } from '../../../streams/index.ts';
import { showingSentInput } from '../../terminal/sent-input.ts';
import { endOfHabits, terminalAsked } from '../../terminal/terminal-habits.ts';
import { terminalSession } from '../../terminal/terminal-session.ts';
import { watchInput } from '../../terminal/input-watch.ts';
import { wantsTerminal } from '../../terminal/wants-terminal.ts';

export interface ExecOptions {
  readonly tty?: boolean;
}

export async function execInJob(run: Invocation<ExecOptions>, text: string, words: readonly string[]): Promise<number> {
  const { command, asked } = commandOf(words, run.options.tty);
  const tty = wantsTerminal(run.io, asked);
  const input = tty ? undefined : watchInput(run.io.stdin);
  try {
    const connection = await run.connect();
    const namespace = await homeOf(connection, run.options);
    const pod = await runningPod(connection, namespace, text);
    const isSilent = input?.isEmpty() === true;
    const request = { access: connection.access, ...pod, command, stdin: !isSilent, tty };
    const remote = await openRemoteCommand(request).catch(async (error: unknown) => {
      if (!isContainerAway(error)) throw error;
      // It has ended since.
      await runningPod(connection, namespace, text);
      throw new CliError(
        'value',
        `The container of job '${pod.pod}' is not running: it is started again, or has just ended; ${jobCommand('status', { namespace, name: pod.pod })} shows which.`,
      );
    });
    input?.stop();
    const { stdin, stdout, stderr } = run.io;
    const end = tty
      ? await terminalSession(run.io, remote)
      : isSilent
        ? await remote.run({ stdout, stderr })
        : await showingSentInput(run, (input) => remote.run({ stdin, stdout, ...input }));
    return exitCodeOfEnd(end, pod.pod);
  } finally {
    input?.stop();
  }
}

/**
 * Whether the error says that the container does not run now: it is between two runs, or after the last. The kubelet, the API server and the runtime
 * each have words for that.
 */
function isContainerAway(error: unknown): boolean {
  return (
    isKernelError(error, 'NotFound') ||
    (isKernelError(error, 'Server', 'BadRequest') &&
      /container not found|container [^ ]+ not found|not in running state|is not running|completed pod/i.test(
        error.message,
      ))
  );
}

/** One word is a command line of its own, several are words already: as the original reads them. */
function commandOf(
  words: readonly string[],
  tty: boolean | undefined,
): { readonly command: readonly string[]; readonly asked: boolean | undefined } {
  const end = endOfHabits(words);
  const typed = end === undefined ? words : words.slice(end + 1);
  const asked = end === undefined ? undefined : terminalAsked(words.slice(0, end));
  const [only = '', ...more] = typed;
  if (typed.length === 0) throw new CliError('usage', 'A command is missing: `neuro exec JOB -- COMMAND`.');
  return { command: more.length === 0 ? shellWords(only) : typed, asked: asked ?? tty };
}

function exitCodeOfEnd(end: CommandEnd | 'detached', job: string): number {
  if (end === 'detached') return 0;
  if (end.kind === 'exited') return end.exitCode;
  // The runtime's own words, behind those of all the layers above it.
  const said = end.message.replace(/^.*unable to start container process: /s, '').replace(/: unknown$/, '');
  const isMissing = /not found|no such file/i.test(said);
  throw new CliError(isMissing ? 'value' : 'couldNotStart', `The command did not run in job '${job}': ${said}.`);
}
