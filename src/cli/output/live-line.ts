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
/** Streams on which a question stands without an answer. */
const asked = new WeakSet<Writable>();
/** How many keep the line away from a stream: somebody is asked something, or a job prints. */
const holds = new WeakMap<Writable, number>();

/** Not while somebody is asked, or behind an output that has no end of line. */
export function drawLine(screen: Screen, text: string): void {
  const { stderr } = screen;
  if ((holds.get(stderr) ?? 0) > 0 || screen.hasOpenLine?.() === true) return;
  drawn.add(stderr);
  stderr.write(`${eraseLine}${text}`);
}

/** Before anything else is printed. */
export function clearLine({ stderr }: Screen): void {
  if (drawn.delete(stderr)) stderr.write(eraseLine);
  if (asked.delete(stderr)) stderr.write('\n');
}

/** A question is at the end of the line: it stays there, whatever is printed before its answer. */
export function questionStands({ stderr }: Screen): void {
  asked.add(stderr);
}

/** Keeps the line away until the returned function is called, once; and longer where another hold lasts longer. */
export function holdLine(screen: Screen): () => void {
  const { stderr } = screen;
  const count = (more: number): void => void holds.set(stderr, (holds.get(stderr) ?? 0) + more);
  clearLine(screen);
  count(1);
  return () => count(-1);
}
