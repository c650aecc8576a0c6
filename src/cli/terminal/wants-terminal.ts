/** Whether a command is given a terminal: as asked (`-t`, `-T`), else where all three streams are one, as in the original. */
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';

export function wantsTerminal(io: Io, asked: boolean | undefined): boolean {
  if (asked === true && !io.isInputTerminal)
    throw new CliError(
      'usage',
      'A terminal was asked for (-t), but the input here is not a TTY: leave out -t, or start it from a terminal.',
    );
  return asked ?? (io.isInputTerminal && io.isOutputTerminal && io.isErrorTerminal);
}
