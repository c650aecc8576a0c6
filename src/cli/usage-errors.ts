/** What is wrong with a command line, in one sentence with what to type instead. */
import type { Command, CommanderError, Option } from 'commander';
import { commandAt, pathOf } from './command-at.ts';
import { CliError } from './errors.ts';
import { flagHint, ownFlagHint } from './hint-flags.ts';
import { nounsMeant, wordHints } from './hint-words.ts';
import { hintForWords, verbsOf } from './hints.ts';

export function usageSentence(program: Command, words: readonly string[], { code, message }: CommanderError): string {
  const { command, rest } = commandAt(program, words);
  const path = pathOf(command);
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  const oneDash = oneDashSentence(command, words);
  if (oneDash !== undefined) return oneDash;
  switch (code) {
    case 'commander.unknownCommand':
      return (
        hintForWords(words, quoted, program) ?? unknownCommand(program, words.slice(0, words.indexOf(quoted)), message)
      );
    case 'commander.unknownOption':
      return unknownOption(command, wholeWord(words, quoted), message.replace(quoted, wholeWord(words, quoted)));
    case 'commander.missingArgument': {
      // A flag that takes a word here, and none elsewhere, has taken the argument.
      const hint = rest.map((word) => ownFlagHint(path, word)).find((one) => one !== undefined);
      return hint ?? usage(command, path, message);
    }
    case 'commander.excessArguments':
      return (
        ownNumberHint(path, rest) ??
        (Object.hasOwn(wordHints, path)
          ? hintForWords(words, rest.find((word) => !word.startsWith('-')) ?? '', program)
          : undefined) ??
        usage(command, path, `${sentence(message)}${withoutNoun(program, rest)}`)
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

/** Commander takes a word such as `-version` apart, and names only the rest that it does not know. */
function wholeWord(words: readonly string[], quoted: string): string {
  if (words.includes(quoted)) return quoted;
  return words.find((word) => /^-\w/.test(word) && word.endsWith(quoted.slice(1))) ?? quoted;
}

function unknownOption(command: Command, flag: string, message: string): string {
  return flagHint(pathOf(command), flag) ?? helped(command, message);
}

/** Throws where a word of the line has one dash in place of two. */
export function refuseOneDash(command: Command, words: readonly string[]): void {
  const said = oneDashSentence(command, words);
  if (said !== undefined) throw new CliError('usage', said);
}

/** `-name` for `--name`: with one dash it is `-n` with the value `ame`. */
function oneDashSentence(command: Command, words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const typed = end === -1 ? words : words.slice(0, end);
  const flag = typed.find((word, index) => isLong(command, word) && !takesNext(command, typed[index - 1] ?? ''));
  return flag === undefined ? undefined : `Unknown option '${flag}': write -${flag}, with two dashes.`;
}

function isLong(command: Command, word: string): boolean {
  const [name = word] = word.split('=');
  return /^-[a-z][a-z-]+$/.test(name) && optionsOf(command).some(({ long }) => long === `-${name}`);
}

function takesNext(command: Command, word: string): boolean {
  return optionsOf(command).some(({ long, short, required }) => required && (word === long || word === short));
}

/** The options of the command and of those above it. */
function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...(command.parent === null ? [] : optionsOf(command.parent))];
}

/** kubectl names a thing by its kind, too: `logs job NAME`. */
function withoutNoun(program: Command, rest: readonly string[]): string {
  const [first = ''] = rest;
  const isNoun =
    Object.hasOwn(nounsMeant, first) || program.commands.some((one) => one.name() === first && one.commands.length > 0);
  return isNoun && rest.length > 1 ? ` Leave out '${first}'.` : '';
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
