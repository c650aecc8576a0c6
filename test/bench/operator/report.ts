/** The result: lines with a figure, the bare client's figure beside it, and what was to be reached. */
import { cpus, loadavg, release, totalmem } from 'node:os';
import Table from 'cli-table3';

export interface Row {
  readonly part: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The bare client's figure for the same writes on the same cluster in the same run. */
  readonly bare?: number;
  /** What the figure is held against: the ratio to the bare client, or the figure itself. */
  readonly target?: Target;
  /** More that is worth knowing, in a few words. */
  readonly note?: string;
}

export interface Target {
  readonly of: 'ratio' | 'value';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface MachineFacts {
  readonly processors: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Of the last minute, at the start: above the number of processors the figures suffer from something else. */
  readonly loadAtStart: number;
}

export function machineFacts(): MachineFacts {
  return {
    processors: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    loadAtStart: loadavg()[0] ?? 0,
  };
}

export function ratioOf({ value, bare }: Row): number | undefined {
  return bare === undefined || bare === 0 ? undefined : value / bare;
}

/** Undefined where nothing was to be reached. */
export function isReached(row: Row): boolean | undefined {
  if (row.target === undefined) return undefined;
  const { of, atLeast = -Infinity, atMost = Infinity } = row.target;
  const held = of === 'ratio' ? ratioOf(row) : row.value;
  return held === undefined ? undefined : held >= atLeast && held <= atMost;
}

export function formatRow(row: Row): string {
  return `${row.part}: ${cells(row)
    .filter((cell) => cell !== '')
    .join(' · ')}`;
}

export function formatTable(rows: readonly Row[]): string {
  const table = new Table({
    head: ['part', 'what', 'figure', 'bare client', 'ratio', 'target', '', 'note'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([row.part, ...cells(row)]);
  return table.toString();
}

function cells(row: Row): string[] {
  const ratio = ratioOf(row);
  const reached = isReached(row);
  return [
    row.what,
    `${round(row.value)} ${row.unit}`,
    row.bare === undefined ? '' : `${round(row.bare)} ${row.unit}`,
    ratio === undefined ? '' : ratio.toFixed(2),
    row.target === undefined ? '' : targetText(row.target, row.unit),
    reached === undefined ? '' : reached ? 'yes' : 'NO',
    row.note ?? '',
  ];
}

function targetText({ of, atLeast, atMost }: Target, unit: string): string {
  const suffix = of === 'ratio' ? 'of bare' : unit;
  return atLeast === undefined ? `<= ${String(atMost)} ${suffix}` : `>= ${String(atLeast)} ${suffix}`;
}

function round(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
