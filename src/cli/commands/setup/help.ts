/** `neuro help`: what a command takes, or a story from the first step to the last. */
import type { Command } from 'commander';
import { ownValue } from '../../../api/index.ts';
import { commandAt } from '../../command-at.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { hintForWords } from '../../hints.ts';
import { printText } from '../../output/print.ts';
import { topics } from './topics.ts';

export function showHelp({ io }: Invocation, program: Command, words: readonly string[]): Promise<void> {
  const [first = '', ...more] = words;
  const topic = more.length === 0 ? ownValue(topics, first) : undefined;
  const { command, rest } = commandAt(program, words);
  if (topic !== undefined) printText({ io }, topic.text);
  else if (rest.length === 0) command.outputHelp();
  else
    throw new CliError(
      'usage',
      hintForWords(words, rest[0] ?? '', program) ??
        `There is no command and no topic '${words.join(' ')}'. Topics are ${Object.keys(topics).join(', ')}.`,
    );
  return Promise.resolve();
}
