/** `neuro completion SHELL`: the script that makes a shell complete the command. */
import { completionScripts, shells } from '../../completion/scripts.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printText } from '../../output/print.ts';

export function printCompletion(run: Invocation, name: string): Promise<void> {
  const shell = shells.find((known) => known === name);
  if (shell === undefined)
    throw new CliError('usage', `'${name}' is not a shell that neuro knows: choose ${shells.join(', ')}.`);
  printText(run, completionScripts[shell]);
  return Promise.resolve();
}
