/** The terminal as a program at the other end wants it: each key at once, no echo. Promise: put back however the work ends. */
import type { Io } from '../io.ts';

export async function inRawMode<T>(io: Io, work: () => Promise<T>): Promise<T> {
  if (!io.isInputTerminal) return work();
  const restore = (): void => io.setRaw(false);
  io.setRaw(true);
  // Node itself puts it back when a signal ends the process; this is for an exit from elsewhere.
  process.once('exit', restore);
  try {
    return await work();
  } finally {
    process.off('exit', restore);
    restore();
    io.stdin.pause();
  }
}
