/**
 * How much of standard input has been sent to a job, shown while that takes long: a bar where it is a file, else the bytes so far. What the
 * job prints on the same terminal is never mixed with it; where a pipe takes that there, nothing is shown.
 */
import { Writable } from 'node:stream';
import { holdLine } from '../output/live-line.ts';
import { showsProgress, withProgress } from '../output/progress.ts';
import type { Speaker } from '../output/say.ts';

interface SentInput {
  /** So many more bytes have been sent. */
  readonly onSent?: (bytes: number) => void;
  /** Standard error for what the job prints: the line gives way to it for good. */
  readonly stderr: Writable;
}

/** Until the work or standard input ends. */
export async function showingSentInput<T>(speaker: Speaker, work: (input: SentInput) => Promise<T>): Promise<T> {
  const { io } = speaker;
  if (!showsProgress(speaker) || io.isInputTerminal || io.isOutputPipe?.() === true) return work({ stderr: io.stderr });
  const { promise: isOver, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => resolve(undefined);
  let release: (() => void) | undefined;
  const stderr = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      release ??= holdLine(io);
      // It is written in the order of the job's output, so not later than the stream itself. A write that fails ends nothing.
      io.stderr.write(chunk);
      if (io.stderr.writableNeedDrain) io.stderr.once('drain', () => done());
      else done();
    },
  });
  let sent = 0;
  let onSent = (): void => undefined;
  const shown = withProgress(speaker, { what: 'Sending', total: io.inputBytes?.(), unit: 'bytes' }, (progress) => {
    onSent = () => progress.at(sent);
    return isOver;
  });
  io.stdin.once('end', end);
  try {
    return await work({
      stderr,
      onSent: (bytes) => {
        sent += bytes;
        onSent();
      },
    });
  } finally {
    io.stdin.off('end', end);
    end();
    await shown;
    release?.();
  }
}
