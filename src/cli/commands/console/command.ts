/** `neuro console`: the words and flags. */
import { InvalidArgumentError, type Command } from 'commander';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import type { ConsoleOptions } from './console.ts';

const once = '\nThe address works for one browser, once. Enter prints another, Ctrl-C stops the console.\n';
const pages = `
PAGE  dashboard (default), secrets, jobs or schedules; secret:KEY or secret:/OWNER/KEY; a job, or job:NAME
`;

export function addConsoleCommand(program: Command, { action }: Actions): void {
  const asConsole = (command: Command): Command =>
    addCommonOptions(command)
      .option('--port <number>', 'port on 127.0.0.1; default: a free port', portOf)
      .option('--no-open', 'print the address without opening a browser')
      .option('--config <path>', 'widgets and presets (YAML); default: those of the cluster');
  asConsole(program.command('console'))
    .description('open the web console on this machine, with your kubeconfig')
    .addHelpText('after', once)
    .action(
      action<ConsoleOptions>(async (run) => {
        const { openConsole, openPage } = await import('./console.ts');
        return run.options.namespace === undefined ? openConsole(run) : openPage(run, '');
      }),
    );
  asConsole(program.command('open'))
    .description('open one page of the web console')
    .argument('[page]')
    .addHelpText('after', `${pages}${once}`)
    .action(action<ConsoleOptions>(async (run, what = '') => (await import('./console.ts')).openPage(run, what)));
}

function portOf(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new InvalidArgumentError('Expected 1 to 65535.');
  return value;
}
