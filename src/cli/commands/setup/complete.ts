/** `neuro __complete -- WORDS…`: what a shell asks while somebody types. It never fails, and never takes long. */
import type { Command } from 'commander';
import { candidatesAt, type Candidates } from '../../completion/candidates.ts';
import { positionOf } from '../../completion/position.ts';
import { directives } from '../../completion/scripts.ts';
import type { Invocation } from '../../factory.ts';
import { optionsTyped } from '../../options.ts';
import { printText } from '../../output/print.ts';
import { visible } from '../../output/visible.ts';
import { pause } from '../../connect/pause.ts';

/** Longer, and people type on. */
const limitMs = 2_000;

export async function complete(run: Invocation, program: Command, words: readonly string[]): Promise<void> {
  const nothing: Candidates = { all: [], directive: directives.noFiles };
  // `neuro -n bob secret get <Tab>` is about bob's.
  const typed: Invocation = { ...run, options: { ...run.options, ...optionsTyped(words) } };
  const end = new AbortController();
  const found = await Promise.race([
    candidatesAt(typed, positionOf(program, words.length === 0 ? [''] : words)).catch(() => nothing),
    pause(limitMs, end.signal).then(
      () => nothing,
      () => nothing,
    ),
  ]);
  end.abort();
  const word = words.at(-1) ?? '';
  const lines = found.all
    .filter(({ text }) => text.startsWith(word))
    .map(({ text, description = '' }) => (description === '' ? text : `${text}\t${visible(description)}`));
  printText(run, [...lines, `:${found.directive}`, ''].join('\n'));
}
