/** The words and flags of what joins a job that runs: `exec`, `attach`, `port-forward`, `top`; and `generate-run-command`. */
import { Option, type Command } from 'commander';
import { collect } from '../../args/collect.ts';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import type { AttachOptions } from './attach.ts';
import type { ExecOptions } from './exec.ts';
import type { PortForwardOptions } from './port-forward.ts';
import type { TopOptions } from './top.ts';

const execHelp = `
neuro exec JOB -- COMMAND; a single word is split as in a shell. Standard input goes to the command. The exit code is
that of the command. With a terminal Ctrl-C goes to the command.
`;

const attachHelp = `
Attaches to the terminal of a job that has one (run -t); Ctrl-P Ctrl-Q detaches. Follows the output of any other job from
now on; Ctrl-C asks whether to kill the job or detach. The exit code is that of the job.
`;

const portsHelp = `
LOCAL:REMOTE: a port of this machine (0: a free one), and a port of the job. Other machines cannot reach it.
`;

/** `-t` and `-T`, and the `-i` of docker and kubectl. */
export function addTerminalFlags(command: Command): Command {
  return command
    .addOption(new Option('-t, --tty', 'with a terminal; default if all three streams are terminals'))
    .addOption(new Option('-T, --no-tty', 'without a terminal'));
}

/** The same on `neuro job` and on `neuro`, as the original has both. */
export function addStreamCommands(job: Command, program: Command, { action }: Actions): void {
  for (const parent of [job, program]) {
    addTerminalFlags(addCommonOptions(parent.command('exec')))
      .description('run a command in a running job')
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
      .description('attach to a running job: its terminal, or its output')
      .argument('<job>')
      .option('--port-forward <ports>', 'LOCAL:REMOTE, forwarded while attached', collect)
      .addHelpText('after', attachHelp)
      .action(action<AttachOptions>(async (run, name = '') => (await import('./attach.ts')).attachToJob(run, name)));
    addCommonOptions(parent.command('port-forward'))
      .description('forward ports of this machine to ports of a job')
      .argument('<job>')
      .argument('[ports...]', 'LOCAL:REMOTE')
      .option('--open', 'open the page of the job in a browser: its HTTP port, at a free port of this machine')
      .addHelpText('after', portsHelp)
      .action(
        action<PortForwardOptions>(async (run, name = '', ...words) =>
          (await import('./port-forward.ts')).portForward(run, name, words),
        ),
      );
    addCommonOptions(parent.command('top'))
      .description('show the CPU and memory that running jobs use; on a terminal until Ctrl-C')
      .argument('[jobs...]', 'default: all')
      .option('--sort <column>', 'name (default), when, cpu or memory')
      .option('--timeout <time>', 'end after this time, such as 10m')
      .action(action<TopOptions>(async (run, ...names) => (await import('./top.ts')).topJobs(run, names)));
  }
  addCommonOptions(job.command('generate-run-command'))
    .description('print the command (neuro run) that creates the same job again')
    .argument('<job>')
    .action(
      action(async (run, name = '') => (await import('./generate-run-command.ts')).generateRunCommand(run, name)),
    );
}
