/** Options that every command takes, before or after its name. */
import { Option, type Command } from 'commander';
import { isNamespaceName } from '../api/index.ts';
import { CliError } from './errors.ts';
import { hiddenOption } from './hidden-option.ts';
import { harmlessOfTheProgram, ignoreFlags, ofTheProgram, refuseFlags, refuseOfEveryCommand } from './refuse.ts';

export const outputFormats = ['json', 'yaml', 'name', 'wide'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export interface GlobalOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly operatorNamespace?: string;
  readonly color?: 'yes' | 'no' | 'auto';
  readonly output?: OutputFormat;
  readonly showTraceback?: boolean;
}

export const defaultOperatorNamespace = 'neuro-system';

/** Adds the options that come before the command: `neuro -n alice secret ls`. */
export function addGlobalOptions(program: Command): void {
  program
    .option('-v, --verbose', 'print more details')
    .option('-q, --quiet', 'print only the result')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--kubeconfig <path>', 'kubeconfig; default KUBECONFIG, then ~/.kube/config')
    .option('-n, --namespace <name>', 'namespace to use; default: that of the context, then your home')
    .option('--operator-namespace <name>', 'namespace of the operator; default: the one that the cluster names')
    .addOption(new Option('--color <when>', 'colors').choices(['yes', 'no', 'auto']).default('auto'))
    .addOption(outputOption())
    .option('--show-traceback', 'after an error, print the stack trace');
  refuseFlags(program, ofTheProgram);
  ignoreFlags(program, harmlessOfTheProgram);
}

/** The same on a command: `neuro secret ls -n alice`. `shortNames: false` where `-n`, `-v` or `-o` mean something else there. */
export function addCommonOptions(command: Command, { shortNames = true, output = false } = {}): Command {
  command.addOption(hiddenOption(shortNames ? '-q, --quiet' : '--quiet'));
  if (shortNames) command.addOption(hiddenOption('-v, --verbose'));
  for (const flags of ['--context <name>', '--kubeconfig <path>', '--operator-namespace <name>', '--show-traceback'])
    command.addOption(hiddenOption(flags));
  command.addOption(hiddenOption('--color <when>').choices(['yes', 'no', 'auto']));
  command.addOption(hiddenOption(shortNames ? '-n, --namespace <name>' : '--namespace <name>'));
  if (output) command.addOption(outputOption());
  refuseOfEveryCommand(command);
  return command;
}

/** An empty one is a variable of the shell that is not set: the command would work in another namespace than was meant. */
export function checkNamespace(flag: string, name: string | undefined): void {
  if (name === undefined || isNamespaceName(name)) return;
  throw new CliError(
    'usage',
    name === ''
      ? `${flag} is empty: name a namespace, or leave the option out.`
      : `${flag} '${name}' is not the name of a namespace: a-z, 0-9 and -, at most 63.`,
  );
}

/** What was typed before the command, and after it, which wins. */
export function mergedOptions(command: Command): Readonly<Record<string, unknown>> {
  const chain: Command[] = [];
  for (let current: Command | null = command; current !== null; current = current.parent) chain.unshift(current);
  const merged: Record<string, unknown> = {};
  for (const part of chain) {
    for (const [name, value] of Object.entries(part.opts())) {
      const isDefault = part.getOptionValueSource(name) === 'default';
      if (value !== undefined && !(isDefault && name in merged)) merged[name] = value;
    }
  }
  return merged;
}

/** The global options, wherever they were typed: before the command, or after it. */
export function optionsUnderstood(program: Command): GlobalOptions {
  const typed = Object.entries(program.opts()).filter(([name]) => program.getOptionValueSource(name) === 'cli');
  return Object.assign(Object.fromEntries(typed), ...program.commands.map(optionsUnderstood)) as GlobalOptions;
}

/** The options in a command line that is still being typed: those that say where the command works. */
export function optionsTyped(words: readonly string[]): Partial<GlobalOptions> {
  const after = (...flags: readonly string[]): string | undefined => {
    const index = words.findIndex((word, at) => flags.includes(word) && at < words.length - 2);
    return index === -1 ? undefined : words[index + 1];
  };
  // `-n` is the name of the job there.
  const isRun = words.includes('run');
  const typed = {
    context: after('--context'),
    kubeconfig: after('--kubeconfig'),
    namespace: isRun ? after('--namespace') : after('--namespace', '-n'),
    operatorNamespace: after('--operator-namespace'),
  };
  return Object.fromEntries(Object.entries(typed).filter(([, text]) => text !== undefined));
}

/** What lists or shows objects takes it. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', `output: ${outputFormats.join(', ')}`).argParser((text: string) => {
    if ((outputFormats as readonly string[]).includes(text)) return text;
    throw new CliError('usage', `-o is one of ${outputFormats.join(', ')}, not '${text}'.`);
  });
}
