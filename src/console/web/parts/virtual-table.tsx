/**
 * A table of any length: only the rows that are seen are in the page. Rows may have any height.
 *
 * The columns are those of a CSS grid (class names of the caller), so that narrow screens can put the cells below one another.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactElement, type ReactNode } from 'react';
import styles from './virtual-table.module.css';

interface VirtualTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly rowHeight: number;
  readonly columnsClass: string;
  readonly header: readonly ReactNode[];
  /** Direction by index of the column that sorts. */
  readonly sorted?: { readonly column: number; readonly isDescending: boolean } | undefined;
  readonly render: (row: Row) => readonly ReactNode[];
  readonly rowClass?: (row: Row) => string;
  /** Below the cells, over the whole width. */
  readonly below?: (row: Row) => ReactNode;
}

const aheadRows = 8;

export function VirtualTable<Row>(props: VirtualTableProps<Row>): ReactElement {
  'use no memo';
  const { label, rows, keyOf, rowHeight, columnsClass, header, sorted, render, rowClass, below } = props;
  const scroller = useRef<HTMLDivElement>(null);
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
  });
  return (
    <div className={styles['scroller']} ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className={styles['head']}>
          <div role="row" aria-rowindex={1} className={`${styles['row'] ?? ''} ${columnsClass}`}>
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
        <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                data-index={index}
                ref={virtualizer.measureElement}
                className={`${styles['body'] ?? ''} ${rowClass?.(row) ?? ''}`}
                style={{ transform: `translateY(${String(start)}px)` }}
              >
                <div role="presentation" className={`${styles['row'] ?? ''} ${columnsClass}`}>
                  {render(row).map((cell, column) => (
                    <div key={column} role="cell" className={styles['cell']}>
                      {cell}
                    </div>
                  ))}
                </div>
                <BelowCell>{below?.(row)}</BelowCell>
              </div>
            );
          })}
        </div>
      </div>
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
