/** One run of the command: from words to an exit code. Promise: never throws, and never ends the process. */
import { CommanderError } from 'commander';
import { commandAt } from './command-at.ts';
import { exitCodes } from './exit-codes.ts';
import type { Factory } from './factory.ts';
import { reportError } from './output/report-error.ts';
import { sayError } from './output/say.ts';
import { createProgram } from './program.ts';

export async function run(words: readonly string[], factory: Factory, version: string): Promise<number> {
  const program = createProgram(factory, version, words[0]);
  try {
    await program.command.parseAsync(words, { from: 'user' });
    return program.exitCode();
  } catch (error) {
    const speaker = { io: factory.io, options: program.options() };
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok;
      // A noun alone, also behind another one or behind options, shows what can be done with it.
      if (error.code === 'commander.help') {
        commandAt(program.command, words).command.outputHelp();
        return exitCodes.ok;
      }
      const { usageSentence } = await import('./usage-errors.ts');
      sayError(speaker, usageSentence(createProgram(factory, version).command, words, error));
      return exitCodes.usage;
    }
    // The error may come before the options have been read.
    const showTraceback = words.includes('--show-traceback');
    return reportError({ ...speaker, options: { ...speaker.options, showTraceback } }, error);
  } finally {
    await program.close();
  }
}
