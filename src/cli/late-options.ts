/**
 * Options that stand behind the word where those of the command end: `neuro run IMAGE --env A=1`. As with docker and the original they are
 * part of the command that is run. Where they look meant for this command, a warning says so, unless `--` before the command says that
 * they are meant for it.
 */
import type { Command } from 'commander';
import { pathOf, wordsOfNeuro } from './command-at.ts';
import { endOfHabits } from './terminal/terminal-habits.ts';

/** What stands before the command that is run. */
const behind: Readonly<Record<string, readonly [before: string, whose: string]>> = {
  run: ['image', "the job's command"],
  'job run': ['image', "the job's command"],
  exec: ['job', 'the command'],
  'job exec': ['job', 'the command'],
  'secret exec': ['command', 'it'],
};

/** The words of a warning, or undefined where nothing looks wrong. */
export function lateOptionSentence(command: Command): string | undefined {
  const [before = '', whose = ''] = behind[pathOf(command)] ?? [];
  if (before === '' || isMarked(command)) return undefined;
  const [, ...words] = command.args;
  const [first = ''] = words;
  if (first === '--') return undefined;
  if (before === 'job' && endOfHabits(words) !== undefined) return undefined;
  if (before === 'image' && /^--image(=|$)/.test(first))
    return `The first word is the image here, and ${first} became part of the job's command: write \`neuro run --name NAME IMAGE\`.`;
  // A command of this machine has options of its own, which can have the same names.
  const late = before !== 'command' && isOption(command, first) ? first : secretIn(command, words);
  if (late === undefined) return undefined;
  const [name = late] = late.startsWith('--') || !late.includes('=') ? late.split('=') : [late.slice(0, 2)];
  return `${name} stands behind the ${before}, so it became part of ${whose}: write it before the ${before}, or write -- before the command if it is meant for that.`;
}

/** `neuro run -- IMAGE …`: commander takes the mark away. */
function isMarked(command: Command): boolean {
  return wordsOfNeuro(command).at(-1) === '--';
}

/** `--env`, `--env=A=1`, `-e`, `-eA=1`, and `-it` where each letter is one. */
function isOption({ options }: Command, word: string): boolean {
  const [name = word] = word.split('=');
  if (options.some(({ long, short }) => long === name || short === name)) return true;
  const isKnown = (letter: string, isSwitch: boolean): boolean =>
    options.some((option) => option.short === `-${letter}` && (!isSwitch || option.isBoolean()));
  if (/^-\w+$/.test(word)) return Array.from(word.slice(1)).every((letter) => isKnown(letter, true));
  return /^-[a-zA-Z]\w+=/.test(word) && isKnown(word.slice(1, 2), false);
}

/** An option of the command, anywhere, that gives a secret: nothing else takes `secret:`. */
function secretIn(command: Command, words: readonly string[]): string | undefined {
  return words.find((word, index) => {
    if (!word.startsWith('-') || !isOption(command, word)) return false;
    const value = word.includes('=') ? word.slice(word.indexOf('=') + 1) : (words[index + 1] ?? '');
    return /^(?:\w+=)?secret:/i.test(value);
  });
}
