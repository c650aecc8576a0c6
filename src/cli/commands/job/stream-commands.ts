/** The words and flags of what joins a job that runs: `exec`, `attach`, `port-forward`, `top`; and `generate-run-command`. */
import { Option, type Command } from 'commander';
import { collect } from '../../args/collect.ts';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import type { AttachOptions } from './attach.ts';
import type { ExecOptions } from './exec.ts';
import type { TopOptions } from './top.ts';

const execHelp = `
neuro exec JOB -- COMMAND; one word is split as a shell splits it. Standard input goes to the command. The exit code is
the command's. In a session with a terminal Ctrl-C goes to the command.
`;

const attachHelp = `
A job with a terminal (run -t): your terminal becomes the job's; Ctrl-P Ctrl-Q leaves it. Another: its output from now on;
Ctrl-C asks whether to kill it or to leave it. The exit code is the job's.
`;

const portsHelp = `
LOCAL:REMOTE: a port of this machine (0: a free one), and a port of the job. Only this machine reaches it.
`;

/** `-t` and `-T`, and the `-i` of docker and kubectl. */
export function addTerminalFlags(command: Command): Command {
  return command
    .addOption(new Option('-t, --tty', 'with a terminal; default where all three streams are one'))
    .addOption(new Option('-T, --no-tty', 'without'));
}

/** The same on `neuro job` and on `neuro`, as the original has both. */
export function addStreamCommands(job: Command, program: Command, { action }: Actions): void {
  for (const parent of [job, program]) {
    addTerminalFlags(addCommonOptions(parent.command('exec')))
      .description('run a command in a job that runs')
      .argument('<job>')
      .argument('<command...>')
      .passThroughOptions()
      .addOption(new Option('-i, --stdin').hideHelp())
      .addHelpText('after', execHelp)
      .action(
        action<ExecOptions>(async (run, name = '', ...words) =>
          (await import('./exec.ts')).execInJob(run, name, words),
        ),
      );
    addCommonOptions(parent.command('attach'))
      .description('join a job that runs: its terminal, or its output')
      .argument('<job>')
      .option('--port-forward <ports>', 'LOCAL:REMOTE, while attached', collect)
      .addHelpText('after', attachHelp)
      .action(action<AttachOptions>(async (run, name = '') => (await import('./attach.ts')).attachToJob(run, name)));
    addCommonOptions(parent.command('port-forward'))
      .description('let ports of this machine lead to ports of a job')
      .argument('<job>')
      .argument('<ports...>', 'LOCAL:REMOTE')
      .addHelpText('after', portsHelp)
      .action(
        action(async (run, name = '', ...words) => (await import('./port-forward.ts')).portForward(run, name, words)),
      );
    addCommonOptions(parent.command('top'))
      .description('show what jobs that run use; on a terminal until Ctrl-C')
      .argument('[jobs...]', 'default: all')
      .option('--sort <column>', 'name (default), when, cpu or memory')
      .option('--timeout <time>', 'end after, such as 10m')
      .action(action<TopOptions>(async (run, ...names) => (await import('./top.ts')).topJobs(run, names)));
  }
  addCommonOptions(job.command('generate-run-command'))
    .description('print the `neuro run` that makes such a job again')
    .argument('<job>')
    .action(
      action(async (run, name = '') => (await import('./generate-run-command.ts')).generateRunCommand(run, name)),
    );
}
