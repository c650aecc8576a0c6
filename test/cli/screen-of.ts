/** A terminal in this process that shows what is written over and over. */
import { PassThrough } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';
import type { GlobalOptions } from '../../src/cli/options.ts';
import { withProgress } from '../../src/cli/output/progress.ts';

/** Standard error of a command, and a clock that the test moves. */
export interface Screen {
  readonly speaker: { readonly io: Io; readonly options: GlobalOptions };
  /** All of standard error up to now. */
  shown(): string;
  /** Until it has this. */
  until(text: string): Promise<void>;
  pass(seconds: number): void;
}

export const erased = '\r\u001b[K';

export function screenOf(
  options: GlobalOptions = {},
  env: Readonly<Record<string, string>> = {},
  isTerminal = true,
  more: Partial<Io> = {},
): Screen {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stdout.resume();
  let shown = '';
  let nowMs = 0;
  const onChange = new Set<() => void>();
  stderr.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    for (const look of onChange) look();
  });
  const io = {
    stdout,
    stderr,
    isErrorTerminal: isTerminal,
    columns: 60,
    env,
    now: () => new Date(nowMs),
    beforeSignal: () => () => undefined,
    ...more,
  } as unknown as Io;
  return {
    speaker: { io, options },
    shown: () => shown,
    until: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!shown.includes(text)) return;
          onChange.delete(look);
          resolve();
        };
        onChange.add(look);
        look();
      }),
    pass: (seconds) => void (nowMs += seconds * 1_000),
  };
}

/** Another line has been drawn twice meanwhile. */
export async function nextDraw(): Promise<void> {
  const other = screenOf();
  await withProgress(other.speaker, { what: 'Other' }, async () => {
    other.pass(2);
    await other.until('2 s');
    other.pass(1);
    await other.until('3 s');
  });
}
