/**
 * A bar for work that takes longer than a moment, in one line of standard error that is written over. Only on a terminal, and
 * not with -q; what else is printed meanwhile stands above it.
 */
import type { Speaker } from './say.ts';
import { visible } from './visible.ts';

interface Progress {
  /** So much is done. */
  at(done: number): void;
  /** Takes the bar away for as long as something is printed. */
  clear(): void;
  /** Takes it away for good. */
  end(): void;
}

/** Shorter work needs no bar. */
const quietMs = 1_000;
/** A bar that moves more often is no more to look at. */
const everyMs = 100;
const barWidth = 24;
const eraseLine = '\r\u001b[K';

interface ProgressOptions {
  /** What is done, such as `Importing`. */
  readonly what: string;
  readonly total: number;
  readonly unit?: 'items' | 'bytes';
}

export function createProgress({ io, options }: Speaker, { what, total, unit = 'items' }: ProgressOptions): Progress {
  const isShown = io.isErrorTerminal && options.quiet !== true && io.env['TERM'] !== 'dumb';
  const startMs = io.now().getTime();
  let lastMs = -Infinity;
  let isDrawn = false;
  const clear = (): void => {
    if (isDrawn) io.stderr.write(eraseLine);
    isDrawn = false;
    lastMs = -Infinity;
  };
  return {
    at: (done) => {
      const nowMs = io.now().getTime();
      if (!isShown || nowMs - startMs < quietMs || nowMs - lastMs < everyMs) return;
      lastMs = nowMs;
      isDrawn = true;
      io.stderr.write(`${eraseLine}${barOf(what, done, total, unit).slice(0, Math.max(20, io.columns - 1))}`);
    },
    clear,
    end: clear,
  };
}

function barOf(what: string, done: number, total: number, unit: 'items' | 'bytes'): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  const amount = unit === 'bytes' ? `${mib(done)} of ${mib(total)} MiB` : `${String(done)} of ${String(total)}`;
  return `${visible(what)} ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${amount}`;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
