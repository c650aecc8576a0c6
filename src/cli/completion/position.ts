/** Finds where the last typed word is in the tree of commands. Pure. What could be typed there is decided elsewhere. */
import type { Command, Option } from 'commander';

export type Position =
  /** A command's name, or its argument. */
  | { readonly kind: 'word'; readonly command: Command; readonly index: number; readonly word: string }
  | { readonly kind: 'flag'; readonly command: Command; readonly word: string }
  /** The value of a flag; `before` is what stands before it in the same word. */
  | {
      readonly kind: 'value';
      readonly command: Command;
      readonly option: Option;
      readonly before: string;
      readonly word: string;
    }
  /** The words of another command. */
  | { readonly kind: 'beyond' };

export function positionOf(program: Command, words: readonly string[]): Position {
  let command = program;
  let index = 0;
  let pending: Option | undefined;
  const last = words.at(-1) ?? '';
  for (const word of words.slice(0, -1)) {
    if (pending !== undefined) pending = undefined;
    else if (word === '--') return { kind: 'beyond' };
    else if (isFlag(word)) pending = word.includes('=') ? undefined : valued(optionOf(command, word));
    else {
      const child = index === 0 ? childOf(command, word) : undefined;
      if (child === undefined) index += 1;
      command = child ?? command;
    }
    // Behind the image of a job all words are the job's.
    if (passesThrough(command) && index >= 1) return { kind: 'beyond' };
  }
  if (pending !== undefined) return { kind: 'value', command, option: pending, before: '', word: last };
  if (!isFlag(last)) return { kind: 'word', command, index, word: last };
  const equals = last.indexOf('=');
  const option = equals === -1 ? undefined : valued(optionOf(command, last.slice(0, equals)));
  if (option === undefined) return { kind: 'flag', command, word: last };
  return { kind: 'value', command, option, before: last.slice(0, equals + 1), word: last.slice(equals + 1) };
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

function childOf(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}

/** The option with that name: of the command itself, or of a command above it up to `neuro`, whose options can be anywhere. */
function optionOf(command: Command, word: string): Option | undefined {
  for (let current: Command | null = command; current !== null; current = current.parent) {
    const found = current.options.find(({ short, long }) => word === short || word === long);
    if (found !== undefined) return found;
  }
  return undefined;
}

function valued(option: Option | undefined): Option | undefined {
  return option !== undefined && (option.required || option.optional) ? option : undefined;
}

/** Whether words after the first argument are passed on. commander keeps that in a private field, and has no method for it. */
function passesThrough(command: Command): boolean {
  return (command as unknown as { readonly _passThroughOptions?: boolean })._passThroughOptions === true;
}
