/** `neuro job` and its short forms: the words and flags. */
import type { Command } from 'commander';
import { collect } from '../../args/collect.ts';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import type { RunOptions } from './job-spec.ts';
import type { LogsOptions } from './logs.ts';
import type { JobListOptions } from './ls.ts';
import { watching, type WatchOptions } from '../../watching.ts';
import { addRefusedFlags, addRefusedListFlags } from './refused-flags.ts';
import { addStreamCommands, addTerminalFlags } from './stream-commands.ts';
import type { WaitOptions } from './wait.ts';

const runHelp = `
Flags stand before IMAGE, the command after it: neuro run busybox:1 -- ls -l
Secrets: --env NAME=secret:KEY as a variable, --volume secret:KEY:/path/of/the/file as a file; those of others
are secret:/OWNER/KEY. They are looked for first; without them no job is made.
From a terminal the job has a terminal too (-T: none): keys go to it, Ctrl-P Ctrl-Q leaves it. Otherwise its output is
followed; Ctrl-C asks whether to kill it or to leave it, and leaves it where nobody can answer.
`;

export function addJobCommands(program: Command, { action }: Actions): void {
  const job = program.command('job').description('run jobs and look after them');

  const asRun = (command: Command): Command => {
    addCommonOptions(command, { shortNames: false })
      .description('run an image with secrets, and follow it')
      .argument('<image>')
      .argument('[command...]')
      .passThroughOptions()
      .option('-n, --name <name>', 'name of the job; a finished one frees it')
      .option('-e, --env <var>', 'NAME=VALUE, NAME=secret:KEY, or NAME for the value it has here', collect)
      .option('--env-file <path>', 'a .env file of such lines; NAME=secret:KEY works there, too', collect)
      .option('-v, --volume <mount>', 'secret:KEY:/path, or pvc:NAME:/path[:ro]', collect)
      .option('--entrypoint <command>', 'instead of the image’s')
      .option('-w, --workdir <path>', 'folder in which the command starts')
      .option('-s, --preset <name>', 'a set of resources of the operator’s configuration')
      .option('--shm <size>', 'size of /dev/shm, such as 1Gi')
      .option('--http-port <port>', 'put a Service in front of this port')
      .option('--restart <policy>', 'never (default), on-failure or always')
      .option('--life-span <time>', 'longest time of running, such as 2h30m; default 1d, 0 for no end')
      .option('--schedule-timeout <time>', 'longest time to start; default 5m')
      .option('--tag <tag>', 'a word to find it by', collect)
      .option('-d, --description <text>', 'what it is for')
      .option('--port-forward <ports>', 'LOCAL:REMOTE, while it is followed', collect)
      .option('-i, --stdin', 'give it the standard input of this command')
      .option('--detach', 'do not follow it; wait until it runs')
      .option('--wait-start', 'wait until it runs (default)')
      .option('--no-wait-start', 'do not even wait until it runs')
      .option('--share <subject>', 'let someone look after it: status, logs, exec, kill', collect)
      .option('--priority <name>', 'a PriorityClass such as low or high; normal is none')
      .option('--check', 'tell whether secrets, rights and the rest are there; make nothing')
      .addHelpText('after', runHelp)
      .action(
        action<RunOptions>(async (run, image = '', ...words) => (await import('./run.ts')).runJob(run, image, words)),
      );
    addTerminalFlags(command);
    addRefusedFlags(command);
    return command;
  };
  const asList = (command: Command): Command =>
    addRefusedListFlags(addCommonOptions(command, { output: true }))
      .description('list jobs that have not finished')
      .option('-a, --all', 'finished ones too')
      .option('-s, --status <status>', 'only with this status', collect)
      .option('--name <name>', 'only the one of this name')
      .option('-t, --tag <tag>', 'only with this tag', collect)
      .option('--since <time>', 'made since then: a time, or an age such as 2h')
      .option('--until <time>', 'made until then')
      .option('-d, --description <text>', 'only with exactly this description')
      .option('--recent-first', 'newest first')
      .option('--watch', 'again whenever it changes, until Ctrl-C')
      .action(
        action<JobListOptions & WatchOptions>(async (run) =>
          (await watching())(run, (await import('./ls.ts')).listJobs),
        ),
      );
  const asStatus = (command: Command): Command =>
    addCommonOptions(command, { output: true })
      .description('show all about a job')
      .argument('<job>')
      .action(action(async (run, name = '') => (await import('./status.ts')).jobStatus(run, name)));
  const asLogs = (command: Command): Command =>
    addCommonOptions(command)
      .description('print what a job prints, until it ends')
      .argument('<job>')
      .option('--no-follow', 'only up to now')
      .option('--since <time>', 'a time, or an age such as 2h')
      .option('--tail <lines>', 'only so many of the last lines')
      .option('--timestamps', 'with the time of each line')
      .action(action<LogsOptions>(async (run, name = '') => (await import('./logs.ts')).jobLogs(run, name)));
  const asKill = (command: Command): Command =>
    addCommonOptions(command)
      .description('end jobs')
      .argument('<jobs...>')
      .action(action(async (run, ...names) => (await import('./kill.ts')).killJobs(run, names)));

  asRun(job.command('run'));
  asList(job.command('ls').alias('list'));
  asStatus(job.command('status'));
  asLogs(job.command('logs'));
  asKill(job.command('kill'));
  addCommonOptions(job.command('wait'))
    .description('wait until a job has ended; its exit code is the command’s')
    .argument('<job>')
    .option('--timeout <time>', 'give up after, such as 10m')
    .action(action<WaitOptions>(async (run, name = '') => (await import('./wait.ts')).waitForJob(run, name)));
  asRun(program.command('run'));
  asList(program.command('ps'));
  asStatus(program.command('status'));
  asLogs(program.command('logs'));
  asKill(program.command('kill'));
  addStreamCommands(job, program, { action });
}
