/** The whole command as a tree: nouns and verbs, with the way an action is run. */
import { Command } from 'commander';
import { addAclCommands } from './commands/acl/command.ts';
import { addConsoleCommand } from './commands/console/command.ts';
import { addJobCommands } from './commands/job/command.ts';
import { addAdminCommands } from './commands/admin/command.ts';
import { addSetupCommands } from './commands/setup/command.ts';
import { addSecretCommands } from './commands/secret/command.ts';
import type { Connection } from './cluster/connection.ts';
import type { Factory, Invocation } from './factory.ts';
import { addGlobalOptions, mergedOptions } from './options.ts';

/** Resolves with an exit code; anything else means 0. */
export type Action<T extends object> = (run: Invocation<T>, ...words: string[]) => Promise<unknown>;

export interface Actions {
  /** Wraps what a command does for commander. */
  readonly action: <T extends object>(act: Action<T>) => (this: Command, ...passed: unknown[]) => Promise<void>;
}

export interface Program {
  readonly command: Command;
  /** Of the action that has run. */
  exitCode(): number;
  /** Ends what the action opened. */
  close(): Promise<void>;
}

export function createProgram(factory: Factory, version: string): Program {
  let exitCode = 0;
  const opened: Promise<Connection>[] = [];
  const actions: Actions = {
    action: (act) =>
      async function (this: Command) {
        const options = mergedOptions(this) as never;
        let connection: Promise<Connection> | undefined;
        const connect = (): Promise<Connection> => {
          connection ??= factory.connect(options);
          opened.push(connection);
          return connection;
        };
        const result = await act({ io: factory.io, options, connect }, ...this.args);
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
      writeOut: (text) => void factory.io.stdout.write(text),
      // Errors of the command line are told by the caller, in one form with all others.
      writeErr: () => undefined,
    })
    .configureHelp({ helpWidth: 110, showGlobalOptions: false });
  addGlobalOptions(command);
  command.commandsGroup('Secrets:');
  addSecretCommands(command, actions);
  command.commandsGroup('Sharing:');
  addAclCommands(command, actions);
  command.commandsGroup('Jobs:');
  addJobCommands(command, actions);
  command.commandsGroup('Setting up:');
  addSetupCommands(command, actions);
  addAdminCommands(command, actions);
  command.commandsGroup('Console:');
  addConsoleCommand(command, actions);
  return {
    command,
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
