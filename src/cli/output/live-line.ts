/**
 * One line of standard error that is written over. Promise: whatever else the command prints begins on a line of its own, because all
 * that prints takes the line away first; and nothing of it stays when the command ends, by Ctrl-C too.
 */
import type { Io } from '../io.ts';

type Screen = Pick<Io, 'stderr'>;

const eraseLine = '\r\u001b[K';
/** Streams that show such a line now. */
const drawn = new WeakSet<Io['stderr']>();
/** Streams where somebody is asked something. */
const held = new WeakSet<Io['stderr']>();

export function drawLine({ stderr }: Screen, text: string): void {
  if (held.has(stderr)) return;
  drawn.add(stderr);
  stderr.write(`${eraseLine}${text}`);
}

/** Before anything else is printed. */
export function clearLine({ stderr }: Screen): void {
  if (drawn.delete(stderr)) stderr.write(eraseLine);
}

/** Keeps the line away until the returned function is called. */
export function holdLine(screen: Screen): () => void {
  clearLine(screen);
  held.add(screen.stderr);
  return () => void held.delete(screen.stderr);
}
