/**
 * `--watch`: shows a list again after each change, until Ctrl-C. On a terminal the screen is redrawn; elsewhere
 * only what is new or different is printed, as kubectl does.
 */
import { Writable } from 'node:stream';
import type { GlobalOptions } from '../options.ts';
import type { Invocation } from '../factory.ts';
import { pause } from '../connect/pause.ts';

export interface WatchOptions {
  readonly watch?: boolean;
}

const pollMs = 1_000;
const clearScreen = '\u001b[H\u001b[2J\u001b[3J';

/** Once without `--watch`. */
export async function watched<T extends WatchOptions>(
  run: Invocation<T>,
  list: (run: Invocation<T>) => Promise<unknown>,
  { everyMs = pollMs } = {},
): Promise<unknown> {
  if (run.options.watch !== true) return list(run);
  const end = new AbortController();
  const leave = run.io.onInterrupt(() => end.abort());
  const { isOutputTerminal, stdout } = run.io;
  const begun = run.io.now();
  // Ages go on by themselves, and are no news.
  const frozen = isOutputTerminal ? undefined : begun;
  let last: readonly string[] = [];
  try {
    while (!end.signal.aborted) {
      const seen = await rendered(run, list, frozen);
      if (seen.join('\n') !== last.join('\n')) {
        const shown = frozen === undefined ? seen : await rendered(run, list, undefined);
        stdout.write(isOutputTerminal ? `${clearScreen}${shown.join('\n')}` : newLines(last, seen, shown, run.options));
        last = seen;
      }
      await pause(everyMs, end.signal).catch(() => undefined);
    }
  } finally {
    leave();
  }
  return 0;
}

async function rendered<T extends object>(
  run: Invocation<T>,
  list: (run: Invocation<T>) => Promise<unknown>,
  now: Date | undefined,
): Promise<readonly string[]> {
  const chunks: Buffer[] = [];
  const stdout = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const io = { ...run.io, stdout, stderr: stdout, ...(now === undefined ? {} : { now: () => now }) };
  await list({ ...run, io });
  return Buffer.concat(chunks).toString().split('\n');
}

/** A whole document in a format for programs; else the lines that were not there before. */
function newLines(
  last: readonly string[],
  seen: readonly string[],
  shown: readonly string[],
  { output }: GlobalOptions,
): string {
  if (output === 'json' || output === 'yaml') return `${output === 'yaml' ? '---\n' : ''}${shown.join('\n')}`;
  const before = new Set(last);
  const fresh = shown.filter((_line, index) => {
    const line = seen[index];
    return line !== undefined && line !== '' && !before.has(line);
  });
  return fresh.map((line) => `${line}\n`).join('');
}
