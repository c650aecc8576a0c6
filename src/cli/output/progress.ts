/**
 * What takes longer than a second is shown in one line of standard error: a bar where it is known how much there is, else what is awaited
 * and for how long. Only on a terminal that may have colours (not with NO_COLOR, TERM=dumb or --color no), and not with -q.
 */
import { amountText } from '../../client/index.ts';
import { hasColour } from './colour.ts';
import { clearLine, drawLine } from './live-line.ts';
import { note, type Speaker } from './say.ts';
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
  readonly total?: number | undefined;
  /** What is counted: things, or bytes, which are shown as soon as there is one. */
  readonly unit?: 'bytes';
  /** Shown only where nothing else is. */
  readonly isFallback?: boolean;
}

/** What the operator has not taken up yet. */
export const waitingForOperator = { what: 'Waiting for the operator' };

/** Shorter work needs no bar. */
const quietMs = 1_000;
const everyMs = 100;
const barWidth = 24;
/** The columns of a terminal that does not say how wide it is. */
const defaultColumns = 80;

/** Streams on which one is shown, or will be: of two at once, the one that began first. */
const busy = new WeakSet<Speaker['io']['stderr']>();

/** Shows the line while the work goes on, however it ends. */
export async function withProgress<T>(
  speaker: Speaker,
  { what, total, unit, isFallback = false }: ProgressOptions,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const { io } = speaker;
  let [awaited, done] = [what, 0];
  const progress: Progress = {
    at: (now) => void (done = now),
    awaits: (now) => void (awaited = now),
  };
  if (!showsProgress(speaker) || busy.has(io.stderr)) return work(progress);
  if (!isFallback) busy.add(io.stderr);
  const startMs = io.now().getTime();
  let last = '';
  const draw = (): void => {
    const tookMs = io.now().getTime() - startMs;
    const isEmpty = unit === 'bytes' && done === 0;
    if (tookMs < quietMs || isEmpty || (isFallback && busy.has(io.stderr))) return;
    const text = lineOf(awaited, { done, total, unit, tookMs });
    if (text !== last) drawLine(io, visible(text).slice(0, Math.max(20, (io.columns || defaultColumns) - 1)));
    last = text;
  };
  const timer = setInterval(draw, everyMs);
  const leave = io.beforeSignal(() => clearLine(io));
  try {
    return await work(progress);
  } finally {
    clearInterval(timer);
    leave();
    if (last !== '') clearLine(io);
    if (!isFallback) busy.delete(io.stderr);
  }
}

/** What is done to each thing of a list. */
export interface EachOptions<T> {
  /** Such as `Importing`. */
  readonly what: string;
  /** Names a thing in the sentence that says how far it came. Without it, nothing is changed that needs such a sentence. */
  readonly nameOf?: (item: T) => string;
  readonly isDryRun?: boolean;
}

/** Of the things that are left: more make the sentence too long to read. */
const mostLeftNamed = 10;

/** The same over a list, one after the other. If one after the first ends the work, says which are left, and rejects. */
export async function eachWithProgress<T>(
  speaker: Speaker,
  { what, nameOf, isDryRun = false }: EachOptions<T>,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  await withProgress(speaker, { what, total: items.length }, async (progress) => {
    for (const [index, item] of items.entries()) {
      progress.at(index);
      try {
        await work(item);
      } catch (error) {
        if (nameOf !== undefined && index > 0)
          note(speaker, leftSentence(index, items.slice(index).map(nameOf), !isDryRun && isInDoubt(error)));
        throw error;
      }
    }
  });
}

/** The API server may have done what was asked before its answer was lost. */
function isInDoubt(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return code === 'Network' || code === 'Timeout';
}

function leftSentence(past: number, left: readonly string[], isFirstInDoubt: boolean): string {
  const [first = '', ...rest] = left.slice(0, mostLeftNamed).map((name) => `'${name}'`);
  const doubt = isFirstInDoubt ? ' (it may be done)' : '';
  const more = left.length > mostLeftNamed ? `, and ${String(left.length - mostLeftNamed)} more` : '';
  const total = past + left.length;
  return `Stopped after ${String(past)} of ${String(total)}. Left: ${[`${first}${doubt}`, ...rest].join(', ')}${more}.`;
}

/** Whether anybody could see it. */
export function showsProgress(speaker: Speaker): boolean {
  const { io, options } = speaker;
  return io.isErrorTerminal && options.quiet !== true && hasColour(speaker, io.isErrorTerminal);
}

interface Shown {
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: 'bytes' | undefined;
  readonly tookMs: number;
}

/** One line of progress. A total of one has no share to show. */
function lineOf(what: string, { done, total, unit, tookMs }: Shown): string {
  const amount = (count: number): string => (unit === 'bytes' ? amountText('memory', count) : String(count));
  if (total !== undefined && total !== 1) return `${what} ${barOf(done, total)}  ${amount(done)} of ${amount(total)}`;
  return `${what}${unit === undefined ? '' : ` ${amount(done)}`}  ${elapsed(tookMs)}`;
}

function barOf(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

function elapsed(tookMs: number): string {
  const seconds = Math.floor(tookMs / 1_000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${String(seconds)} s` : `${String(minutes)} min ${String(seconds % 60)} s`;
}
