/** Words and flags of other commands, and of the original, and what to type instead. Never repeats a word behind the verb: it may be a value. */
import type { Command } from 'commander';
import { ownValue } from '../api/own-value.ts';
import { pathOf } from './command-at.ts';
import { flagHints, hintTables, nounsMeant, type HintTable } from './hint-tables.ts';

/**
 * For words that are no command: the unknown one, with the noun before it and the words behind it. Undefined where nothing better is known
 * than that it is unknown.
 */
export function hintForWords(words: readonly string[], unknown: string, program: Command): string | undefined {
  const tree = treeOf(program);
  const at = words.indexOf(unknown);
  const noun = words.slice(0, at).find((word) => word !== '' && tree.nouns.includes(word));
  const next = words.slice(at + 1).find((word) => !word.startsWith('-'));
  if (noun !== undefined) return verbHint(noun, unknown, tree) ?? elsewhere(unknown, tree);
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
  return sentenceIn('', unknown) ?? elsewhere(unknown, tree);
}

/** For a flag that the command does not have. */
export function hintForFlag(command: string, flag: string): string | undefined {
  const [name = flag] = flag.split('=');
  return ownValue(flagHints[command] ?? {}, name) ?? ownValue(flagHints[''] ?? {}, name);
}

interface Tree {
  readonly nouns: readonly string[];
  /** "neuro secret ls" for `list` of `secret`; a noun of '' is the program itself. */
  readonly commandOf: (noun: string, verb: string) => string | undefined;
}

function treeOf(program: Command): Tree {
  const groups = program.commands.filter(({ commands }) => commands.length > 0);
  const named = new Map([['', program], ...groups.map((group) => [group.name(), group] as const)]);
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
  return sentenceIn(noun, verb) ?? (command === undefined ? undefined : `The command is ${command}.`);
}

/** A verb of one noun that was typed without it, or behind another. */
function elsewhere(verb: string, { nouns, commandOf }: Tree): string | undefined {
  const commands = nouns.map((noun) => commandOf(noun, verb)).filter((one) => one !== undefined);
  return commands.length === 0 ? undefined : `The command is ${commands.join(' or ')}.`;
}

/** A row holds its words with spaces between them. */
function sentenceIn(noun: string, word: string): string | undefined {
  const table: HintTable = ownValue(hintTables, noun) ?? {};
  return Object.entries(table).find(([words]) => words.split(' ').includes(word))?.[1];
}
