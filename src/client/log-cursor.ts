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
 * A node writes the time before each line, so after a line with a time what has none is the node's own. In the place of all output its messages begin
 * so: "failed to open log file", "unable to retrieve container logs" (`ReadLogs` of k8s.io/cri-client, kuberuntime of the kubelet). Other first lines
 * without a time come from a node that writes none, and are output.
 */
const firstWordOfNode = /^(?:failed|unable)$/;
/** Its messages are short: a path and an error. */
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
  let lastTime: string | undefined;
  /** How many lines of `lastTime` have begun. */
  let linesOfTime = 0;
  /** Bytes of the last line, its break too. */
  let bytesOfLine = 0;

  let isAtStartOfLine = true;
  let startOfLine: Uint8Array = nothing;
  let isSkipping = false;
  let skippedOfTime = 0;
  /** Bytes of the present line that are still left out; Infinity for all of it. */
  let leftOut = 0;
  let hasSeenLine = false;
  let hasSeenTime = false;
  let isNodeMessage = false;
  let nodeMessage: Uint8Array = nothing;

  /** Returns whether the time itself belongs to the output. */
  const beginLine = (time: string): boolean => {
    leftOut = 0;
    if (isSkipping && lastTime !== undefined && time <= lastTime) {
      if (time === lastTime) skippedOfTime += 1;
      if (skippedOfTime < linesOfTime || time < lastTime) leftOut = Infinity;
      else {
        leftOut = bytesOfLine;
        isSkipping = false;
        return false;
      }
      return false;
    }
    isSkipping = false;
    linesOfTime = time === lastTime ? linesOfTime + 1 : 1;
    lastTime = time;
    bytesOfLine = 0;
    return true;
  };

  return {
    get lastTime() {
      return lastTime;
    },
    get nodeMessage() {
      const text = ascii(nodeMessage).trim();
      return text === '' ? undefined : text;
    },
    begin() {
      hasSeenLine = false;
      hasSeenTime = false;
      isNodeMessage = false;
      nodeMessage = nothing;
      isAtStartOfLine = true;
      startOfLine = nothing;
      isSkipping = lastTime !== undefined;
      skippedOfTime = 0;
      leftOut = 0;
    },
    take(chunk) {
      const taken: Uint8Array[] = [];
      const content = (bytes: Uint8Array): void => {
        if (isNodeMessage) {
          nodeMessage = concat([nodeMessage, bytes]).slice(0, maxNodeMessageBytes);
          return;
        }
        const skipped = Math.min(leftOut, bytes.length);
        leftOut -= skipped;
        if (skipped === bytes.length) return;
        bytesOfLine += bytes.length - skipped;
        taken.push(bytes.subarray(skipped));
      };
      let rest = chunk;
      while (rest.length > 0) {
        if (isAtStartOfLine) {
          startOfLine = startOfLine.length === 0 ? rest : concat([startOfLine, rest]);
          // No more is looked at and nothing copied, or a chunk of short lines would cost the square of its length.
          const head = startOfLine.subarray(0, maxTimeBytes + 1);
          const end = head.indexOf(space);
          const isWhole = end !== -1 || startOfLine.length > maxTimeBytes || head.includes(lineBreak);
          if (!isWhole) {
            // The caller owns the chunk, and may reuse its memory.
            startOfLine = new Uint8Array(startOfLine);
            break;
          }
          const time = end <= maxTimeBytes ? ascii(startOfLine.subarray(0, Math.max(0, end))) : '';
          const hasTime = TIME.test(time);
          const isFromNode = isNodeMessage || hasSeenTime || (!hasSeenLine && firstWordOfNode.test(time));
          isNodeMessage = !hasTime && isFromNode;
          hasSeenTime ||= hasTime;
          hasSeenLine = true;
          rest = startOfLine;
          startOfLine = nothing;
          isAtStartOfLine = false;
          if (hasTime) {
            if (beginLine(time) && keepTimes) taken.push(rest.subarray(0, end + 1));
            rest = rest.subarray(end + 1);
            if (rest.length === 0) break;
          } else leftOut = isSkipping ? Infinity : 0;
        }
        const end = rest.indexOf(lineBreak);
        content(end === -1 ? rest : rest.subarray(0, end + 1));
        if (end === -1) break;
        isAtStartOfLine = true;
        rest = rest.subarray(end + 1);
      }
      return concat(taken);
    },
  };
}

/** Whether the node's message says that it has removed the container, and its output with it. */
export function isContainerGone(nodeMessage: string | undefined): boolean {
  return nodeMessage?.startsWith('unable to retrieve container logs') === true;
}

/** Whether the node has passed on all that there was, and only cannot wait for more: it looks for more before it sees that the container has ended. */
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
