/** Which command a line of words means. */
import type { Command } from 'commander';

interface Place {
  readonly command: Command;
  /** What no command is named. */
  readonly rest: readonly string[];
}

/** Flags, and what may be their values, are passed over. */
export function commandAt(program: Command, words: readonly string[]): Place {
  let command = program;
  const rest: string[] = [];
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next === undefined) rest.push(word);
    else command = next;
  }
  return { command, rest };
}

/** `secret get`; nothing for the program itself. */
export function pathOf(command: Command): string {
  const names: string[] = [];
  for (let current = command; current.parent !== null; current = current.parent) names.unshift(current.name());
  return names.join(' ');
}

/** What was typed, as far as it is for `neuro`: not the words of a command that it runs. Commander keeps it, and has no question for it. */
export function wordsOfNeuro(command: Command): readonly string[] {
  let root = command;
  while (root.parent !== null) root = root.parent;
  const { rawArgs } = root as unknown as { readonly rawArgs: readonly string[] };
  const { _passThroughOptions: passes } = command as unknown as { readonly _passThroughOptions?: boolean };
  return passes === true ? rawArgs.slice(0, rawArgs.length - command.args.length) : rawArgs;
}
