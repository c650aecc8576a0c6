/** The whole command as a tree: nouns and verbs, with the way an action is run. */
import { Command } from 'commander';
import { addAclCommands } from './commands/acl/command.ts';
import { addConsoleCommand } from './commands/console/command.ts';
import { addJobCommands } from './commands/job/command.ts';
import { addAdminCommands } from './commands/admin/command.ts';
import { addSetupCommands } from './commands/setup/command.ts';
import { addScheduleCommands } from './commands/schedule/command.ts';
import { addSecretCommands } from './commands/secret/command.ts';
import type { Connection } from './connect/connection.ts';
import type { Actions } from './actions.ts';
import { pathOf, wordsOfNeuro } from './command-at.ts';
import { CliError } from './errors.ts';
import type { Factory } from './factory.ts';
import {
  addCommonOptions,
  addGlobalOptions,
  checkNamespace,
  mergedOptions,
  optionsUnderstood,
  outputOption,
  type GlobalOptions,
} from './options.ts';
import { printText } from './output/print.ts';
import { warn } from './output/say.ts';

interface Program {
  readonly command: Command;
  /** What was typed, as far as it was understood: also where no action ran. */
  options(): GlobalOptions;
  /** The exit code of the action that has run. */
  exitCode(): number;
  /** Ends what the action opened. */
  close(): Promise<void>;
}

/** What is added together, and the first words that need nothing else. */
const families = [
  { title: 'Secrets:', nouns: ['secret'], add: addSecretCommands },
  { title: 'Sharing:', nouns: ['acl', 'share'], add: addAclCommands },
  { title: 'Jobs:', nouns: ['job', 'run', 'ps', 'status', 'logs', 'kill'], add: addJobCommands },
  { title: 'Jobs:', nouns: ['schedule'], add: addScheduleCommands },
  { title: 'Setting up:', nouns: ['config', 'doctor', 'version'], add: addSetupCommands },
  { title: 'Setting up:', nouns: ['admin'], add: addAdminCommands },
  { title: 'Console:', nouns: ['console'], add: addConsoleCommand },
] as const;

/** All commands, or those that a command line with this first word can mean. */
export function createProgram(factory: Factory, version: string, firstWord = ''): Program {
  let exitCode = 0;
  const opened: Promise<Connection>[] = [];
  const actions: Actions = {
    action: (act) =>
      async function (this: Command) {
        const merged: GlobalOptions = mergedOptions(this);
        await checkCall(this, merged, factory.io);
        const options = merged as never;
        let connection: Promise<Connection> | undefined;
        const connect = (): Promise<Connection> => {
          connection ??= factory.connect(options);
          opened.push(connection);
          return connection;
        };
        const connectTo = (context: string): Promise<Connection> => {
          const other = factory.connect({ ...(options as object), context });
          opened.push(other);
          return other;
        };
        const result = await act({ io: factory.io, options, connect, connectTo }, ...this.args);
        exitCode = typeof result === 'number' ? result : 0;
      },
  };
  const command = new Command('neuro')
    .description('Personal secrets, sharing that expires, and jobs that use them.')
    .version(version, '--version', 'print the version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printText(factory, text),
      // The caller prints errors of the command line, in the same form as all others.
      writeErr: () => undefined,
    })
    .configureHelp({ helpWidth: 110, showGlobalOptions: false });
  addGlobalOptions(command);
  const named = families.filter(({ nouns }) => (nouns as readonly string[]).includes(firstWord));
  for (const { title, add } of named.length > 0 ? named : families) {
    command.commandsGroup(title);
    add(command, actions);
  }
  // `neuro secret -n alice ls`, as kubectl takes it.
  for (const noun of command.commands)
    if (noun.commands.length > 0) addCommonOptions(noun).addOption(outputOption().hideHelp());
  return {
    command,
    options: () => optionsUnderstood(command),
    exitCode: () => exitCode,
    close: async () => {
      for (const connection of opened)
        await connection.then(
          (open) => open.close(),
          () => undefined,
        );
    },
  };
}

/** Refuses options that the parser accepts and people cannot mean, and warns of options that came too late to count. */
async function checkCall(command: Command, options: GlobalOptions, io: Factory['io']): Promise<void> {
  if (options.output !== undefined && !command.options.some(({ long }) => long === '--output'))
    throw new CliError('usage', `-o has no effect on "neuro ${pathOf(command)}": leave it out.`);
  checkNamespace('--namespace', options.namespace);
  checkNamespace('--operator-namespace', options.operatorNamespace);
  const typed = wordsOfNeuro(command);
  if (typed.some((word) => /^-[a-z][a-z-]/.test(word)))
    (await import('./usage-errors.ts')).refuseOneDash(command, typed);
  if (command.args.some((word) => /^-\d+$/.test(word))) (await import('./usage-errors.ts')).refuseNumber(command);
  const [, ...behindFirst] = command.args;
  if (!behindFirst.some((word) => word.startsWith('-'))) return;
  const late = (await import('./late-options.ts')).lateOptionSentence(command);
  if (late !== undefined) warn({ io, options }, late);
}
