/**
 * How far the output of a container was read, so that reading again after a break loses nothing and repeats nothing. Pure.
 *
 * Ask the API server for the time of each line (`timestamps=true`). After a break ask for the output from the second of
 * `lastTime` on (`sinceTime`); the cursor leaves out what it has passed on before: lines of an earlier time, as many lines of
 * the same time as it has seen, and the bytes of the last line that it has seen.
 * When the node cannot read on, it writes why into the response, after the output and with status 200. That is no output: the cursor keeps it apart.
 * Not promised: a line that the node has rotated away meanwhile.
 */

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;
/** `2026-11-25T10:00:00.000000000+00:00`. */
const maxTimeBytes = 35;
/**
 * A node writes the time before each line, so a line without a time after one with a time is the node's own message. A message in place of all output
 * begins with one of these words: "failed to open log file", "unable to retrieve container logs" (`ReadLogs` of k8s.io/cri-client, kuberuntime of the
 * kubelet). Any other first line without a time comes from a node that writes no times, and is output.
 */
const firstWordOfNode = /^(?:failed|unable)$/;
/** A message of the node is short: a path and an error. */
const maxNodeMessageBytes = 1_024;
const space = 0x20;
const lineBreak = 0x0a;
const nothing = new Uint8Array();

export interface LogCursor {
  /** The time of the last line; undefined before the first. */
  readonly lastTime: string | undefined;
  /** Why the node stopped reading, in its words; undefined as long as this response has only output. */
  readonly nodeMessage: string | undefined;
  /** A new response begins: from the start of the output, or after a break from `lastTime` on. */
  begin(): void;
  /** The part of the response that was not passed on yet. */
  take(chunk: Uint8Array): Uint8Array;
}

export function createLogCursor({ keepTimes = false } = {}): LogCursor {
  return new Cursor(keepTimes);
}

class Cursor implements LogCursor {
  readonly #keepTimes: boolean;

  // How far the output was read.
  #lastTime: string | undefined;
  /** How many lines of `#lastTime` have begun. */
  #linesOfTime = 0;
  /** Bytes of the last line that were passed on, its break too. */
  #bytesOfLine = 0;

  // Where the present response is.
  #isAtStartOfLine = true;
  /** The beginning of a line whose time is not whole yet. */
  #startOfLine: Uint8Array = nothing;
  /** The lines are still those of before the break. */
  #isSkipping = false;
  #skippedOfTime = 0;
  /** Bytes of the present line that are still left out; Infinity for all of it. */
  #leftOut = 0;
  #hasSeenLine = false;
  #hasSeenTime = false;
  #isNodeMessage = false;
  #nodeMessage: Uint8Array = nothing;

  constructor(keepTimes: boolean) {
    this.#keepTimes = keepTimes;
  }

  get lastTime(): string | undefined {
    return this.#lastTime;
  }

  get nodeMessage(): string | undefined {
    const text = ascii(this.#nodeMessage).trim();
    return text === '' ? undefined : text;
  }

  begin(): void {
    this.#hasSeenLine = false;
    this.#hasSeenTime = false;
    this.#isNodeMessage = false;
    this.#nodeMessage = nothing;
    this.#isAtStartOfLine = true;
    this.#startOfLine = nothing;
    this.#isSkipping = this.#lastTime !== undefined;
    this.#skippedOfTime = 0;
    this.#leftOut = 0;
  }

  take(chunk: Uint8Array): Uint8Array {
    const taken: Uint8Array[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#isAtStartOfLine) rest = this.#takeTime(rest, taken);
      if (rest.length === 0) break;
      const end = rest.indexOf(lineBreak);
      this.#takeContent(end === -1 ? rest : rest.subarray(0, end + 1), taken);
      if (end === -1) break;
      this.#isAtStartOfLine = true;
      rest = rest.subarray(end + 1);
    }
    return concat(taken);
  }

  /** Reads the time at the start of a line. Returns what follows it; nothing where the time is not whole yet. */
  #takeTime(bytes: Uint8Array, taken: Uint8Array[]): Uint8Array {
    const start = this.#startOfLine.length === 0 ? bytes : concat([this.#startOfLine, bytes]);
    // No more is looked at and nothing copied, or a chunk of short lines would cost the square of its length.
    const head = start.subarray(0, maxTimeBytes + 1);
    const end = head.indexOf(space);
    const isWhole = end !== -1 || start.length > maxTimeBytes || head.includes(lineBreak);
    if (!isWhole) {
      // The caller owns the chunk, and may reuse its memory.
      this.#startOfLine = new Uint8Array(start);
      return nothing;
    }
    const time = end <= maxTimeBytes ? ascii(start.subarray(0, Math.max(0, end))) : '';
    const hasTime = TIME.test(time);
    const isFromNode = this.#isNodeMessage || this.#hasSeenTime || (!this.#hasSeenLine && firstWordOfNode.test(time));
    this.#isNodeMessage = !hasTime && isFromNode;
    this.#hasSeenTime ||= hasTime;
    this.#hasSeenLine = true;
    this.#startOfLine = nothing;
    this.#isAtStartOfLine = false;
    if (!hasTime) {
      this.#leftOut = this.#isSkipping ? Infinity : 0;
      return start;
    }
    const isNew = this.#beginLine(time);
    if (isNew && this.#keepTimes) taken.push(start.subarray(0, end + 1));
    return start.subarray(end + 1);
  }

  /** Returns whether the line is a new one; otherwise it began before the break. */
  #beginLine(time: string): boolean {
    const lastTime = this.#lastTime;
    if (this.#isSkipping && lastTime !== undefined && time <= lastTime) {
      if (time === lastTime) this.#skippedOfTime += 1;
      const isKnown = time < lastTime || this.#skippedOfTime < this.#linesOfTime;
      this.#leftOut = isKnown ? Infinity : this.#bytesOfLine;
      this.#isSkipping = isKnown;
      return false;
    }
    this.#leftOut = 0;
    this.#isSkipping = false;
    this.#linesOfTime = time === lastTime ? this.#linesOfTime + 1 : 1;
    this.#lastTime = time;
    this.#bytesOfLine = 0;
    return true;
  }

  #takeContent(bytes: Uint8Array, taken: Uint8Array[]): void {
    if (this.#isNodeMessage) {
      this.#nodeMessage = concat([this.#nodeMessage, bytes]).slice(0, maxNodeMessageBytes);
      return;
    }
    const skipped = Math.min(this.#leftOut, bytes.length);
    this.#leftOut -= skipped;
    if (skipped === bytes.length) return;
    this.#bytesOfLine += bytes.length - skipped;
    taken.push(bytes.subarray(skipped));
  }
}

/** Whether the node's message says that it has removed the container, and its output with it. */
export function isContainerGone(nodeMessage: string | undefined): boolean {
  return nodeMessage?.startsWith('unable to retrieve container logs') === true;
}

/** Whether the node has passed on all output and only cannot wait for more: it looks for more before it sees that the container has ended. */
export function isOnlyUnwatched(nodeMessage: string): boolean {
  return nodeMessage.startsWith('failed to create fsnotify watcher');
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only, ...more] = parts;
  if (only === undefined) return nothing;
  if (more.length === 0) return only;
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Each byte becomes one character, so bytes that are not ASCII give other characters. */
function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
