/** What is wrong with a command line, in one sentence with what to type instead. */
import type { Command, CommanderError } from 'commander';
import { commandAt, pathOf } from './command-at.ts';
import { CliError } from './errors.ts';
import { flagHint, ownFlagHint } from './hint-flags.ts';
import { hintForWords, verbsOf } from './hints.ts';

export function usageSentence(program: Command, words: readonly string[], { code, message }: CommanderError): string {
  const { command, rest } = commandAt(program, words);
  const path = pathOf(command);
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  switch (code) {
    case 'commander.unknownCommand':
      return (
        hintForWords(words, quoted, program) ?? unknownCommand(program, words.slice(0, words.indexOf(quoted)), message)
      );
    case 'commander.unknownOption':
      return flagHint(path, quoted) ?? helped(command, message);
    case 'commander.missingArgument': {
      // A flag that takes a word here, and none elsewhere, has taken the argument.
      const hint = rest.map((word) => ownFlagHint(path, word)).find((one) => one !== undefined);
      return hint ?? usage(command, path, message);
    }
    case 'commander.excessArguments':
      return (
        ownNumberHint(path, rest) ??
        hintForWords(words, rest.find((word) => !word.startsWith('-')) ?? '', program) ??
        usage(command, path, message)
      );
    default:
      return helped(command, message);
  }
}

/** Commander takes a number for an argument: `kill -9`. Throws where the command has a hint for it. */
export function refuseNumber(command: Command): void {
  const hint = ownNumberHint(pathOf(command), command.args);
  if (hint !== undefined) throw new CliError('usage', hint);
}

function ownNumberHint(path: string, words: readonly string[]): string | undefined {
  const number = words.find((word) => /^-\d+$/.test(word));
  return number === undefined ? undefined : ownFlagHint(path, number);
}

/** What the noun has that the word stands behind; for the first word, how to see all. */
function unknownCommand(program: Command, before: readonly string[], message: string): string {
  const { command } = commandAt(program, before);
  return command.parent === null ? helped(command, message) : `${sentence(message)} ${verbsOf(command)}`;
}

function usage(command: Command, path: string, message: string): string {
  return `${sentence(message)} Usage: ${['neuro', path, command.usage()].join(' ')}`;
}

function helped(command: Command, message: string): string {
  const path = pathOf(command);
  return `${sentence(message)} "neuro${path === '' ? '' : ` ${path}`} --help" shows ${path === '' ? 'the commands and options' : 'its options'}.`;
}

function sentence(message: string): string {
  const text = message.replace(/^error: /, '').replace(/\n/g, ' ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
