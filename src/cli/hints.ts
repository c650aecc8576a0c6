/** Words of other commands, and of the original, and what to type instead. Never repeats a word behind the verb: it may be a value. */
import type { Command } from 'commander';
import { ownValue } from '../api/own-value.ts';
import { commandAt, pathOf } from './command-at.ts';
import { sentenceIn } from './hint-table.ts';
import { nounsMeant, wordHints } from './hint-words.ts';

/**
 * The hint for words that are no command. It looks at the unknown word, the noun before it and the words after it. Undefined where it knows
 * nothing better than that the word is unknown.
 */
export function hintForWords(words: readonly string[], unknown: string, program: Command): string | undefined {
  const tree = treeOf(program);
  const at = words.indexOf(unknown);
  const noun = nounAt(program, words.slice(0, at));
  const next = words.slice(at + 1).find((word) => !word.startsWith('-'));
  if (noun !== '') return verbHint(noun, unknown, tree) ?? elsewhere(unknown, tree, { isBehindNoun: true });
  const meant = ownValue(nounsMeant, unknown);
  if (meant !== undefined && next !== undefined) {
    const hint = verbHint(meant, next, tree);
    if (hint !== undefined) return hint;
  }
  // kubectl says the verb first: `get secret KEY`.
  const object =
    next === undefined ? undefined : (ownValue(nounsMeant, next) ?? tree.nouns.find((one) => one === next));
  if (object !== undefined) {
    const isList = unknown === 'get' && words.slice(at + 1).filter((word) => !word.startsWith('-')).length === 1;
    const hint = verbHint(object, isList ? 'list' : unknown, tree);
    if (hint !== undefined) return hint;
  }
  return sentenceIn(wordHints, '', unknown) ?? elsewhere(unknown, tree);
}

/** What a noun has, where a word behind it is no command. */
export function verbsOf(noun: Command): string {
  const names = noun.commands.map((command) => command.name()).filter((name) => name !== 'help');
  const last = names.pop() ?? '';
  return `"neuro ${pathOf(noun)}" has ${names.length === 0 ? last : `${names.join(', ')} and ${last}`}.`;
}

/** The path of the innermost noun that was typed: `admin recovery-key`. A command with a table of its own is one, too. */
function nounAt(program: Command, words: readonly string[]): string {
  let { command } = commandAt(program, words);
  while (command.parent !== null && command.commands.length === 0 && !Object.hasOwn(wordHints, pathOf(command)))
    command = command.parent;
  return pathOf(command);
}

interface Tree {
  readonly nouns: readonly string[];
  /** "neuro secret ls" for `list` of `secret`; a noun of '' is the program itself. */
  readonly commandOf: (noun: string, verb: string) => string | undefined;
}

function treeOf(program: Command): Tree {
  const named = new Map<string, Command>();
  const add = (group: Command): void => {
    named.set(pathOf(group), group);
    group.commands.filter(({ commands }) => commands.length > 0).forEach(add);
  };
  add(program);
  return {
    nouns: [...named.keys(), 'console'],
    commandOf: (noun, verb) => {
      const found = named.get(noun)?.commands.find((one) => one.name() === verb || one.aliases().includes(verb));
      return found === undefined ? undefined : `"neuro ${pathOf(found)}"`;
    },
  };
}

/** The sentence for the verb of a noun; where the verb is right, its command. */
function verbHint(noun: string, verb: string, { commandOf }: Tree): string | undefined {
  const command = commandOf(noun, verb);
  return sentenceIn(wordHints, noun, verb) ?? (command === undefined ? undefined : `The command is ${command}.`);
}

/** A verb of one noun that was typed without it, or behind another. Behind another, several that have it say nothing. */
function elsewhere(verb: string, { nouns, commandOf }: Tree, { isBehindNoun = false } = {}): string | undefined {
  const commands = nouns.map((noun) => commandOf(noun, verb)).filter((one) => one !== undefined);
  const [short] = commands;
  if (short === undefined) return undefined;
  const isShort = commandOf('', verb) !== undefined;
  if (isBehindNoun && commands.length > 1 && !isShort) return undefined;
  return `The command is ${isBehindNoun ? short : commands.join(' or ')}.`;
}
