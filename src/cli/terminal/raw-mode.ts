/** The terminal as a program at the other end wants it: each key at once, no echo. Promise: put back however the work ends, by a signal too. */
import type { Io } from '../io.ts';
import { endLine } from '../output/screen.ts';

export async function inRawMode<T>(io: Io, work: () => Promise<T>): Promise<T> {
  if (!io.isInputTerminal) return work();
  const restore = (): void => io.setRaw(false);
  io.setRaw(true);
  process.once('exit', restore);
  const leave = io.beforeSignal(() => {
    restore();
    endLine(io);
  });
  try {
    return await work();
  } finally {
    process.off('exit', restore);
    leave();
    restore();
    io.stdin.pause();
  }
}
