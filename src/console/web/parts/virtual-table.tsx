/**
 * A table of any length: only the rows that are seen are in the page. Rows may have any height.
 *
 * Promise: the row that was used last stays in the page when it is scrolled or sorted out of sight, so the focus, and a menu, a question or a dialog of it,
 * end neither by scrolling nor by rows that come and go.
 *
 * The columns are those of a CSS grid (class names of the caller), so that narrow screens can put the cells below one another.
 */
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { memo, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { AllCheck, RowCheck } from './row-check.tsx';
import type { Selection } from './selection.ts';
import styles from './virtual-table.module.css';

export interface VirtualTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly rowHeight: number;
  readonly columnsClass: string;
  readonly header: readonly ReactNode[];
  /** Names of the columns, for rows that are cards; undefined for a cell that explains itself. */
  readonly labels: readonly (string | undefined)[];
  /** Direction by index of the column that sorts. */
  readonly sorted?: { readonly column: number; readonly isDescending: boolean } | undefined;
  readonly render: (row: Row) => readonly ReactNode[];
  readonly rowClass?: (row: Row) => string;
  /** Below the cells, over the whole width. */
  readonly below?: (row: Row) => ReactNode;
  /** What a row shows besides its own data: a row is rendered again when either has changed. */
  readonly stateOf?: (row: Row) => string;
  /** Rows have check boxes then; `nameOf` is what people call a row. */
  readonly selecting?: { readonly selection: Selection; readonly nameOf: (row: Row) => string };
}

const aheadRows = 4;

export function VirtualTable<Row>(props: VirtualTableProps<Row>): ReactElement {
  'use no memo';
  const {
    label,
    rows,
    keyOf,
    rowHeight,
    columnsClass,
    header,
    labels,
    sorted,
    render,
    rowClass,
    below,
    stateOf,
    selecting,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [usedKey, setUsedKey] = useState<string>();
  const used = usedKey === undefined ? -1 : rows.findIndex((row) => keyOf(row) === usedKey);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer changes inside of itself; this component is not memoised
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
    overscan: aheadRows,
    rangeExtractor: (range) => {
      const drawn = defaultRangeExtractor(range);
      return used === -1 || drawn.includes(used) ? drawn : [...drawn, used].sort((a, b) => a - b);
    },
    // What scrolls in is drawn when there is time for it; the page never waits.
    useFlushSync: false,
  });
  /** The row may have to be drawn first. */
  const focusCheck = (index: number): void => {
    // A row that stays as it was keeps this function of a table that may have had fewer rows.
    if (index < 0 || index >= virtualizer.options.count) return;
    virtualizer.scrollToIndex(index);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${String(index)}"] input[type=checkbox]`)?.focus(),
    );
  };
  return (
    <div
      className={`${styles['scroller'] ?? ''} ${selecting === undefined ? '' : (styles['selecting'] ?? '')}`}
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className={styles['head']}>
          <div role="row" aria-rowindex={1}>
            {selecting !== undefined && (
              <div role="columnheader">
                <AllCheck selection={selecting.selection} rows={rows} keyOf={keyOf} />
              </div>
            )}
            <div role="presentation" className={`${styles['row'] ?? ''} ${columnsClass}`}>
              {header.map((cell, index) => (
                <div
                  key={index}
                  role="columnheader"
                  aria-sort={sorted?.column === index ? (sorted.isDescending ? 'descending' : 'ascending') : undefined}
                >
                  {cell}
                </div>
              ))}
            </div>
          </div>
        </div>
        <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <TableRow
                key={key}
                row={row}
                index={index}
                start={start}
                state={stateOf?.(row) ?? ''}
                className={rowClass?.(row) ?? ''}
                columnsClass={columnsClass}
                labels={labels}
                measure={virtualizer.measureElement}
                onUse={() => setUsedKey(keyOf(row))}
                render={render}
                below={below}
                check={
                  selecting === undefined
                    ? undefined
                    : (shown) => (
                        <RowCheck
                          selection={selecting.selection}
                          id={keyOf(shown)}
                          label={selecting.nameOf(shown)}
                          onMove={(by) => focusCheck(index + by)}
                        />
                      )
                }
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly start: number;
  readonly state: string;
  readonly className: string;
  readonly columnsClass: string;
  readonly labels: readonly (string | undefined)[];
  readonly measure: (element: HTMLElement | null) => void;
  /** The focus or a press has come into the row, or into what is open over it. */
  readonly onUse: () => void;
  readonly render: (row: Row) => readonly ReactNode[];
  readonly below: ((row: Row) => ReactNode) | undefined;
  readonly check: ((row: Row) => ReactNode) | undefined;
}

const TableRow = memo(TableRowOf, isSameRow) as typeof TableRowOf;

/** Functions are new objects in each rendering of the table and do the same. */
function isSameRow<Row>(a: TableRowProps<Row>, b: TableRowProps<Row>): boolean {
  return (
    a.row === b.row &&
    a.index === b.index &&
    a.start === b.start &&
    a.state === b.state &&
    a.className === b.className &&
    a.columnsClass === b.columnsClass
  );
}

function TableRowOf<Row>(props: TableRowProps<Row>): ReactElement {
  // The table does not draw a row again whose object is the same.
  useLanguage();
  const { row, index, start, className, columnsClass, labels, measure, onUse, render, below, check } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      ref={measure}
      onFocus={onUse}
      // Not every browser gives the focus to a button that is clicked.
      onPointerDown={onUse}
      className={`${styles['body'] ?? ''} ${className}`}
      style={{ transform: `translateY(${String(start)}px)` }}
    >
      {check !== undefined && <div role="cell">{check(row)}</div>}
      <div role="presentation" className={`${styles['row'] ?? ''} ${columnsClass}`}>
        {render(row).map((cell, column) => (
          <div key={column} role="cell" className={styles['cell']} data-label={labels[column]}>
            {cell}
          </div>
        ))}
      </div>
      <BelowCell>{below?.(row)}</BelowCell>
    </div>
  );
}

function BelowCell({ children }: { readonly children: ReactNode }): ReactElement | null {
  if (children === undefined || children === null || children === false) return null;
  return (
    <div role="cell" className={styles['below']}>
      {children}
    </div>
  );
}
