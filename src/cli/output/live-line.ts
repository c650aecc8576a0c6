/**
 * One line of standard error that is written over. Promise: whatever else the command prints begins on a line of its own, because all
 * that prints takes the line away first; and nothing of it stays when the command ends, by a signal too.
 */
import type { Writable } from 'node:stream';

interface Screen {
  readonly stderr: Writable;
  /** Standard output is in the middle of a line there. */
  hasOpenLine?(): boolean;
}

const eraseLine = '\r\u001b[K';
/** Streams that show such a line now. */
const drawn = new WeakSet<Writable>();
/** Streams where somebody is asked something. */
const held = new WeakSet<Writable>();

/** Not while somebody is asked, or behind an output that has no end of line. */
export function drawLine(screen: Screen, text: string): void {
  const { stderr } = screen;
  if (held.has(stderr) || screen.hasOpenLine?.() === true) return;
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
