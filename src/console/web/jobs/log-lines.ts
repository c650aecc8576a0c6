/**
 * The output of a job as lines: what arrives is cut into lines, the newest are kept.
 *
 * Promise: after a break, reading again from the last time repeats nothing and loses nothing; see `createLogCursor`.
 */
import { createLogCursor } from '../../../client/index.ts';
import { withoutTerminalCodes } from '../parts/bytes.ts';

export interface LogLine {
  readonly number: number;
  readonly time: string;
  readonly text: string;
}

/** As many lines as are kept; older ones are in the download. */
export const mostLines = 50_000;
/** A line that never ends must not fill the memory. */
const longestLine = 16_384;
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ?/;

export class LogLines {
  #lines: LogLine[] = [];
  /** What came after the last line break. */
  #rest = '';
  #count = 0;
  #version = 0;
  readonly #cursor = createLogCursor({ keepTimes: true });
  /** Over breaks, too: the cursor goes on in the middle of a character. */
  readonly #decoder = new TextDecoder();

  get lines(): readonly LogLine[] {
    return this.#lines;
  }
  /** Lines that were there and are not kept. */
  get dropped(): number {
    return this.#count - this.#lines.length;
  }
  get version(): number {
    return this.#version;
  }
  /** From when to read again; undefined when nothing came yet. */
  get since(): string | undefined {
    return this.#cursor.lastTime;
  }

  /** Why the node stopped reading before the end, in its words. */
  get nodeMessage(): string | undefined {
    return this.#cursor.nodeMessage;
  }

  /** Call before each reading, from the beginning or from `since`. */
  resume(): void {
    this.#cursor.begin();
  }

  add(bytes: Uint8Array): void {
    const text = this.#decoder.decode(this.#cursor.take(bytes), { stream: true });
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    if (this.#rest.length > longestLine * 2) {
      parts.push(this.#rest);
      this.#rest = '';
    }
    for (const part of parts) this.#take(part);
    // Fewer and larger moves: a tenth more than what is kept may stand for a while.
    if (this.#lines.length > mostLines * 1.1) this.#lines = this.#lines.slice(-mostLines);
    else this.#lines = [...this.#lines];
    this.#version += 1;
  }

  /** The output has ended for good: what has no line break is a line too. */
  end(): void {
    if (this.#rest === '') return;
    this.#take(this.#rest);
    this.#rest = '';
    this.#lines = [...this.#lines];
    this.#version += 1;
  }

  #take(line: string): void {
    const time = STAMPED.exec(line)?.[1] ?? '';
    this.#count += 1;
    // A whole line at a time, so that no escape code is cut in two.
    const text = withoutTerminalCodes(line.replace(STAMPED, ''));
    this.#lines.push({ number: this.#count, time, text: text.slice(0, longestLine) });
  }
}

/** Indices of the lines in which the words stand; upper and lower case are the same unless the words have upper case. */
export function findLines(lines: readonly LogLine[], words: string): readonly number[] {
  if (words === '') return [];
  const isExact = words !== words.toLowerCase();
  const wanted = isExact ? words : words.toLowerCase();
  const found: number[] = [];
  for (const [index, { text }] of lines.entries())
    if ((isExact ? text : text.toLowerCase()).includes(wanted)) found.push(index);
  return found;
}
