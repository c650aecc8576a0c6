/** Flags of the original command that mean nothing here: each is refused by its name, with the reason and what to do. */
import type { Command } from 'commander';
import { CliError } from './errors.ts';
import { hiddenOption } from './hidden-option.ts';

export type Refusal = readonly [flags: string, why: string];

/** What every command of the original takes. */
const ofEveryCommand: readonly Refusal[] = [
  ['--cluster <name>', 'a cluster is chosen with --context'],
  ['--org <name>', 'there are no organisations; a namespace is chosen with --namespace'],
  ['--all-orgs', 'there are no organisations; a namespace is chosen with --namespace'],
  [
    '-p, --project <name>',
    'there are no projects; a namespace is chosen with --namespace, a port of a job with --port-forward',
  ],
  ['--all-projects', 'there are no projects; a namespace is chosen with --namespace'],
];

/** What the original takes before a command. */
export const ofTheProgram: readonly Refusal[] = [
  ['--config-path <path>', 'the configuration is the kubeconfig; give --kubeconfig'],
  [
    '--network-timeout <seconds>',
    'there is no such limit to set; a request ends by itself, and Ctrl-C ends the command',
  ],
  ['--trace', 'requests are not shown, as they may hold values; -v says more'],
  ['--iso-datetime-format', 'times are short in tables, and whole with -o json'],
  ['--options', '--help shows the options of neuro, and of a command'],
];

/** Asks for what is so anyway. */
export const harmlessOfTheProgram = [
  '--disable-pypi-version-check',
  '--hide-token',
  '--no-hide-token',
  '--skip-stats',
] as const;

export function refuseFlags(command: Command, refusals: readonly Refusal[]): void {
  for (const [flags, why] of refusals) {
    const name = /--[a-z-]+/.exec(flags)?.[0] ?? flags;
    const [short] = /^-\w/.exec(flags) ?? [];
    // A flag that the command has itself wins.
    if (command.options.some((option) => option.long === name || (short !== undefined && option.short === short)))
      continue;
    command.addOption(hiddenOption(flags));
    command.on(`option:${name.slice(2)}`, (): never => {
      throw new CliError('usage', `${short === undefined ? '' : `${short}, `}${name} is not possible here: ${why}.`);
    });
  }
}

export function ignoreFlags(command: Command, flags: readonly string[]): void {
  for (const each of flags) command.addOption(hiddenOption(each));
}

export function refuseOfEveryCommand(command: Command): void {
  refuseFlags(command, ofEveryCommand);
}
