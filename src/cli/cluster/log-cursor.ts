/**
 * How far the output of a container was copied, so that a copy that was cut goes on without a loss and without a repeat.
 * Pure.
 *
 * The API server is asked for the time of each line, which is taken off again here. After a cut it is asked from the second of
 * the last line on; what was copied of that second is left out: lines of an earlier time, then as many of the same time as
 * were seen, then the bytes of the last line that were.
 * Not promised: a line that the node has put away (rotated) meanwhile.
 */

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;
/** `2026-11-25T10:00:00.000000000+00:00`. */
const maxTimeBytes = 35;
const space = 0x20;
const lineBreak = 0x0a;

export interface LogCursor {
  /** The time of the last line; undefined before the first. */
  readonly lastTime: string | undefined;
  /** A new answer begins: from the start of the output, or after a cut from `lastTime` on. */
  begin(): void;
  /** What of the answer was not copied yet. */
  take(chunk: Uint8Array): Uint8Array;
}

export function createLogCursor({ keepTimes = false } = {}): LogCursor {
  let lastTime: string | undefined;
  /** How many lines of `lastTime` have begun. */
  let linesOfTime = 0;
  /** Bytes of the last line, its break too. */
  let bytesOfLine = 0;

  let isAtStartOfLine = true;
  let startOfLine = Buffer.alloc(0);
  let isSkipping = false;
  let skippedOfTime = 0;
  /** Of the line under way so many bytes are still left out; Infinity for all of it. */
  let leftOut = 0;

  /** Answers whether the time itself belongs to the output. */
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
    begin() {
      isAtStartOfLine = true;
      startOfLine = Buffer.alloc(0);
      isSkipping = lastTime !== undefined;
      skippedOfTime = 0;
      leftOut = 0;
    },
    take(chunk) {
      const taken: Uint8Array[] = [];
      const content = (bytes: Uint8Array): void => {
        const skipped = Math.min(leftOut, bytes.length);
        leftOut -= skipped;
        if (skipped === bytes.length) return;
        bytesOfLine += bytes.length - skipped;
        taken.push(bytes.subarray(skipped));
      };
      let rest = Buffer.from(chunk);
      while (rest.length > 0) {
        if (isAtStartOfLine) {
          startOfLine = Buffer.concat([startOfLine, rest]);
          const end = startOfLine.indexOf(space);
          const isWhole = end !== -1 || startOfLine.length > maxTimeBytes || startOfLine.includes(lineBreak);
          if (!isWhole) break;
          const time = startOfLine.subarray(0, Math.max(0, end)).toString();
          const hasTime = end <= maxTimeBytes && TIME.test(time);
          rest = startOfLine;
          startOfLine = Buffer.alloc(0);
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
      return Buffer.concat(taken);
    },
  };
}
