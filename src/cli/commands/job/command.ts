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
Flags go before IMAGE, the command after it: neuro run busybox:1 -- ls -l
Secrets: --env NAME=secret:KEY as a variable, --volume secret:KEY:/path/of/the/file as a file. A secret of
another owner is secret:/OWNER/KEY. No job is created if a secret is missing.
From a terminal the job gets a terminal too (-T: none); Ctrl-P Ctrl-Q detaches from it. Otherwise the command follows the
output; Ctrl-C asks whether to kill the job or detach, and detaches if nobody can answer.
`;

export function addJobCommands(program: Command, { action }: Actions): void {
  const job = program.command('job').description('run and manage jobs');

  const asRun = (command: Command): Command => {
    addCommonOptions(command, { shortNames: false })
      .description('run an image with secrets, and follow it')
      .argument('<image>')
      .argument('[command...]')
      .passThroughOptions()
      .option('-n, --name <name>', 'name of the job; replaces a finished job of that name')
      .option('-e, --env <var>', 'NAME=VALUE, NAME=secret:KEY, or NAME for its local value', collect)
      .option('--env-file <path>', 'a .env file with such lines, also NAME=secret:KEY', collect)
      .option('-v, --volume <mount>', 'secret:KEY:/path, or pvc:NAME:/path[:ro]', collect)
      .option('--entrypoint <command>', 'replaces the entrypoint of the image')
      .option('-w, --workdir <path>', 'folder in which the command starts')
      .option('-s, --preset <name>', 'a preset of resources from the operator’s configuration')
      .option('--shm <size>', 'size of /dev/shm, such as 1Gi')
      .option('--http-port <port>', 'put a Service in front of this port')
      .option('--restart <policy>', 'never (default), on-failure or always')
      .option('--life-span <time>', 'longest running time, such as 2h30m; default 1d, 0 for no limit')
      .option('--schedule-timeout <time>', 'longest time until it starts; default 5m')
      .option('--schedule <cron>', 'run at set times, such as "0 3 * * 1-5" or @daily, until the schedule is removed')
      .option('--time-zone <name>', 'time zone of the schedule, such as Europe/Berlin; default UTC')
      .option('--tag <tag>', 'a word to find the job by', collect)
      .option('-d, --description <text>', 'what it is for')
      .option('--port-forward <ports>', 'LOCAL:REMOTE, forwarded while the job is followed', collect)
      .option('-i, --stdin', 'connect the standard input of this command')
      .option('--detach', 'do not follow the job; only wait until it runs')
      .option('--wait-start', 'wait until it runs (default)')
      .option('--no-wait-start', 'do not wait until it runs')
      .option('--share <subject>', 'let someone manage the job: status, logs, exec, kill', collect)
      .option('--priority <name>', 'a PriorityClass such as low or high; normal is none')
      .option('--check', 'check secrets, permissions, volumes, preset, priority and quotas; create nothing')
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
      .description('list unfinished jobs')
      .option('-a, --all', 'finished jobs too')
      .option('-s, --status <status>', 'only jobs with this status', collect)
      .option('--name <name>', 'only the job with this name')
      .option('-t, --tag <tag>', 'only jobs with this tag', collect)
      .option('--since <time>', 'created since: a time, or an age such as 2h')
      .option('--until <time>', 'created until: a time, or an age')
      .option('-d, --description <text>', 'only jobs with exactly this description')
      .option('--recent-first', 'newest first')
      .option('--watch', 'list again after each change, until Ctrl-C')
      .action(
        action<JobListOptions & WatchOptions>(async (run) =>
          (await watching())(run, (await import('./ls.ts')).listJobs),
        ),
      );
  const asStatus = (command: Command): Command =>
    addCommonOptions(command, { output: true })
      .description('show the details of a job')
      .argument('<job>')
      .action(action(async (run, name = '') => (await import('./status.ts')).jobStatus(run, name)));
  const asLogs = (command: Command): Command =>
    addCommonOptions(command)
      .description('print the output of a job, until it ends')
      .argument('<job>')
      .option('-f, --follow', 'print the output until the job ends (default)')
      .option('--no-follow', 'print the output so far, and exit')
      .option('--since <time>', 'a time, or an age such as 2h')
      .option('--tail <lines>', 'only this number of last lines')
      .option('--timestamps', 'print the time of each line')
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
    .description('wait until a job ends, and exit with its exit code')
    .argument('<job>')
    .option('--timeout <time>', 'give up after this time, such as 10m')
    .action(action<WaitOptions>(async (run, name = '') => (await import('./wait.ts')).waitForJob(run, name)));
  asRun(program.command('run'));
  asList(program.command('ps'));
  asStatus(program.command('status'));
  asLogs(program.command('logs'));
  asKill(program.command('kill'));
  addStreamCommands(job, program, { action });
}
