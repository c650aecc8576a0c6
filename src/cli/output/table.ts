/**
 * Rows as people read them: a ruled table on a terminal, plain columns elsewhere, both with the same cells. A script
 * should take `-q` or `-o json`. Every cell passes `visible`.
 */
import { colourise, hasColour, type Colour } from './colour.ts';
import { cutTo, fitWidths, textWidth } from './fit.ts';
import type { Speaker } from './say.ts';
import { visible } from './visible.ts';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  /** Only with -o wide. */
  readonly isWide?: boolean;
  /** May be cut where a terminal is too narrow; -o wide cuts nothing. */
  readonly isFlexible?: boolean;
  readonly colour?: (row: T) => Colour | undefined;
}

const gap = '  ';
const gapOfRuled = '   ';

/** Without a header there are plain columns on a terminal, too, in colours. */
export function printRows<T>(
  speaker: Speaker,
  columns: readonly Column<T>[],
  rows: readonly T[],
  { header = true } = {},
): void {
  const { stdout, isOutputTerminal, columns: available } = speaker.io;
  const isWide = speaker.options.output === 'wide';
  const shown = columns.filter((column) => column.isWide !== true || isWide);
  const titles = shown.map(({ title }) => title);
  const isRuled = isOutputTerminal && header;
  const all = rows.map((row) => shown.map(({ cell }) => visible(cell(row))));
  const cells = isRuled && !isWide ? fitted(shown, titles, all, available) : all;
  const isColoured = hasColour(speaker, isOutputTerminal);
  const widths = widthsOf(header ? [titles, ...cells] : cells);
  const paint = (text: string, at: number, index: number): string => {
    const row = rows[at];
    const colour = row === undefined ? undefined : shown[index]?.colour?.(row);
    return colour === undefined ? text : colourise(text, colour, isColoured);
  };
  const lines = cells.map((row, at) => lineOf(row, widths, isRuled, (text, index) => paint(text, at, index)));
  const bold = (text: string): string => (isRuled ? colourise(text, 'bold', isColoured) : text);
  const head = header ? [lineOf(titles, widths, isRuled, bold)] : [];
  const rule = isRuled ? [ruleOf(widths)] : [];
  stdout.write([...head, ...rule, ...lines].map((line) => `${line}\n`).join(''));
}

/** A title and what it says, a line each; empty ones are left out. */
export function printFields(
  { io }: Speaker,
  fields: readonly (readonly [title: string, text: string | undefined])[],
): void {
  const rows = fields.flatMap(([title, text]) =>
    text === undefined || text === '' ? [] : [[visible(title), visible(text)]],
  );
  const widths = widthsOf(rows);
  io.stdout.write(rows.map((row) => `${lineOf(row, widths, false, (text) => text)}\n`).join(''));
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, textWidth(cell));
  return widths;
}

/** No space at the end of a line. */
function lineOf(
  row: readonly string[],
  widths: readonly number[],
  isRuled: boolean,
  paint: (text: string, index: number) => string,
): string {
  const last = row.findLastIndex((cell) => cell !== '');
  const cells = row.slice(0, last + 1).map((cell, index) => {
    const room = index === last ? 0 : (widths[index] ?? 0) - textWidth(cell);
    return `${paint(cell, index)}${' '.repeat(Math.max(0, room))}`;
  });
  return `${isRuled ? ' ' : ''}${cells.join(isRuled ? gapOfRuled : gap)}`;
}

function ruleOf(widths: readonly number[]): string {
  const inner = widths.reduce((sum, width) => sum + width, 0) + gapOfRuled.length * Math.max(0, widths.length - 1);
  return ` ${'━'.repeat(inner)}`;
}

function fitted(
  columns: readonly Column<never>[],
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  available: number,
): readonly (readonly string[])[] {
  const natural = widthsOf([titles, ...cells]);
  const widths = fitWidths(
    columns.map(({ isFlexible = false }, index) => ({ isFlexible, width: natural[index] ?? 0 })),
    // A space on each side of a cell, and one between two.
    available - (gapOfRuled.length * columns.length - 1),
  );
  return cells.map((row) => row.map((cell, index) => cutTo(cell, widths[index] ?? 0)));
}
