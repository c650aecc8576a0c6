/**
 * What takes longer than a second is shown in one line of standard error: a bar where it is known how much there is, else what is awaited
 * and for how long. Only on a terminal that may have colours (not with NO_COLOR, TERM=dumb or --color no), and not with -q.
 */
import { hasColour } from './colour.ts';
import { clearLine, drawLine } from './live-line.ts';
import type { Speaker } from './say.ts';
import { visible } from './visible.ts';

export interface Progress {
  /** So much is done. */
  at(done: number): void;
  /** What is awaited now. */
  awaits(what: string): void;
}

interface ProgressOptions {
  /** What is done, such as `Importing`. */
  readonly what: string;
  /** Unknown: a line without a bar. */
  readonly total?: number;
}

/** What it has not taken up yet. */
export const waitingForOperator = { what: 'Waiting for the operator' };

/** Shorter work needs no bar. */
const quietMs = 1_000;
const everyMs = 100;
const barWidth = 24;
/** Of a terminal that does not say how wide it is. */
const defaultColumns = 80;

/** Shows the line while the work goes on, however it ends. */
export async function withProgress<T>(
  speaker: Speaker,
  { what, total }: ProgressOptions,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const { io, options } = speaker;
  let [awaited, done] = [what, 0];
  const progress: Progress = {
    at: (now) => void (done = now),
    awaits: (now) => void (awaited = now),
  };
  if (!io.isErrorTerminal || options.quiet === true || !hasColour(speaker, io.isErrorTerminal)) return work(progress);
  const startMs = io.now().getTime();
  let last = '';
  const draw = (): void => {
    const tookMs = io.now().getTime() - startMs;
    if (tookMs < quietMs) return;
    const text = total === undefined ? `${awaited}  ${elapsed(tookMs)}` : barOf(awaited, done, total);
    if (text !== last) drawLine(io, visible(text).slice(0, Math.max(20, (io.columns || defaultColumns) - 1)));
    last = text;
  };
  const timer = setInterval(draw, everyMs);
  const leave = io.beforeInterrupt(() => clearLine(io));
  try {
    return await work(progress);
  } finally {
    clearInterval(timer);
    leave();
    clearLine(io);
  }
}

function barOf(what: string, done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  return `${what} ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${String(done)} of ${String(total)}`;
}

function elapsed(tookMs: number): string {
  const seconds = Math.floor(tookMs / 1_000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${String(seconds)} s` : `${String(minutes)} min ${String(seconds % 60)} s`;
}
