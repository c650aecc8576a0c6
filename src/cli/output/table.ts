/**
 * Rows as people read them: a ruled table on a terminal, plain columns elsewhere, both with the same cells. A script
 * should take `-q` or `-o json`.
 */
import { cutTo, fitWidths, textWidth } from './fit.ts';
import type { Speaker } from './say.ts';
import { colourise, hasColour, visible, type Colour } from './text.ts';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  /** Only with -o wide. */
  readonly isWide?: boolean;
  /** May be cut where a terminal is too narrow; -o wide cuts nothing. */
  readonly isFlexible?: boolean;
  readonly colour?: (row: T) => Colour | undefined;
}

export async function printRows<T>(
  speaker: Speaker,
  columns: readonly Column<T>[],
  rows: readonly T[],
  { header = true } = {},
): Promise<void> {
  const shown = columns.filter(({ isWide }) => isWide !== true || speaker.options.output === 'wide');
  const cells = rows.map((row) => shown.map(({ cell }) => visible(cell(row))));
  const titles = shown.map(({ title }) => title);
  const { stdout, isOutputTerminal, columns: available } = speaker.io;
  if (isOutputTerminal && header) {
    const isColoured = hasColour(speaker, true);
    const fitted = speaker.options.output === 'wide' ? cells : fit(shown, titles, cells, available);
    const painted = fitted.map((row, at) => row.map((cell, index) => paint(cell, shown[index], rows[at], isColoured)));
    stdout.write(`${await ruledTable(titles, painted, isColoured)}\n`);
  } else stdout.write(plainColumns(header ? [titles, ...cells] : cells));
}

/** Two spaces between columns, none at the end of a line. */
export function plainColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function paint<T>(cell: string, column: Column<T> | undefined, row: T | undefined, isColoured: boolean): string {
  const colour = row === undefined ? undefined : column?.colour?.(row);
  return colour === undefined ? cell : colourise(cell, colour, isColoured);
}

function fit(
  columns: readonly Column<never>[],
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  available: number,
): readonly (readonly string[])[] {
  const widths = fitWidths(
    columns.map(({ isFlexible = false }, index) => ({
      isFlexible,
      width: Math.max(...[titles, ...cells].map((row) => textWidth(row[index] ?? ''))),
    })),
    // A space on each side of a cell, and one between two.
    available - (3 * columns.length - 1),
  );
  return cells.map((row) => row.map((cell, index) => cutTo(cell, widths[index] ?? 0)));
}

async function ruledTable(
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  isColoured: boolean,
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' } as const;
  const sides = {
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    right: '',
    'left-mid': '',
    'right-mid': '',
  } as const;
  const table = new Table({
    head: titles.map((title) => colourise(title, 'bold', isColoured)),
    chars: { ...none, ...sides, mid: '', 'mid-mid': '', middle: ' ' },
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1 },
  });
  for (const row of cells) table.push([...row]);
  const [head = '', ...lines] = table.toString().split('\n');
  const width = Math.max(...[head, ...lines].map((line) => plainLength(line)));
  return [head.trimEnd(), ' ' + '━'.repeat(Math.max(0, width - 2)), ...lines.map((line) => line.trimEnd())].join('\n');
}

function plainLength(text: string): number {
  return text.replace(/\u001b\[\d+m/g, '').trimEnd().length + 1;
}
