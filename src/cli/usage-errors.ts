/** What is wrong with a command line, in one sentence with what to type instead. */
import type { Command, CommanderError } from 'commander';
import { ownValue } from '../api/own-value.ts';
import { commandAt, pathOf } from './command-at.ts';
import { flagHints } from './hint-tables.ts';
import { hintForFlag, hintForWords } from './hints.ts';

export function usageSentence(program: Command, words: readonly string[], { code, message }: CommanderError): string {
  const { command, rest } = commandAt(program, words);
  const path = pathOf(command);
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  switch (code) {
    case 'commander.unknownCommand':
      return hintForWords(words, quoted, program) ?? helped(message);
    case 'commander.unknownOption':
      return hintForFlag(path, quoted) ?? helped(message);
    case 'commander.missingArgument': {
      // A flag that takes a word here, and none elsewhere, has taken the argument.
      const hint = rest.map((word) => ownValue(flagHints[path] ?? {}, word)).find((one) => one !== undefined);
      return hint ?? usage(command, path, message);
    }
    case 'commander.excessArguments':
      return (
        hintForWords(words, rest.find((word) => !word.startsWith('-')) ?? '', program) ?? usage(command, path, message)
      );
    default:
      return helped(message);
  }
}

function usage(command: Command, path: string, message: string): string {
  return `${sentence(message)} Usage: ${['neuro', path, command.usage()].join(' ')}`;
}

function helped(message: string): string {
  return `${sentence(message)} \`--help\` shows what is there.`;
}

function sentence(message: string): string {
  const text = message.replace(/^error: /, '').replace(/\n/g, ' ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
