/** The check boxes of a table: Space selects a row, Shift a range; arrow keys lead to the next box, also of rows that are not drawn yet. */
import { useRef, useSyncExternalStore, type KeyboardEvent, type ReactElement } from 'react';
import { texts } from '../texts.ts';
import type { Selection } from './selection.ts';
import styles from './virtual-table.module.css';

interface RowCheckProps {
  readonly selection: Selection;
  readonly id: string;
  readonly label: string;
  /** Leads to the box of a row that many rows further on. */
  readonly onMove: (rows: number) => void;
}

const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export function RowCheck({ selection, id, label, onMove }: RowCheckProps): ReactElement {
  const isChosen = useSyncExternalStore(selection.subscribe, () => selection.chosen().has(id));
  const isShift = useRef(false);
  const keep = ({ shiftKey }: { readonly shiftKey: boolean }): void => void (isShift.current = shiftKey);
  const move = (event: KeyboardEvent): void => {
    keep(event);
    const rows = moves[event.key];
    if (rows === undefined) return;
    event.preventDefault();
    onMove(rows);
  };
  return (
    // Around the box, too, a press tells of Shift.
    <label className={styles['check']} onMouseDown={keep}>
      <input
        type="checkbox"
        checked={isChosen}
        aria-label={texts.bulk.select(label)}
        // The click that Space makes does not tell of Shift in every browser; the key does.
        onKeyDown={move}
        onKeyUp={keep}
        onChange={(event) => selection.set(id, event.currentTarget.checked, isShift.current)}
      />
    </label>
  );
}

interface AllCheckProps<Row> {
  readonly selection: Selection;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** All that the table shows, whether drawn or not. */
export function AllCheck<Row>({ selection, rows, keyOf }: AllCheckProps<Row>): ReactElement {
  const chosen = useSyncExternalStore(selection.subscribe, selection.chosen);
  const count = chosen.size === 0 ? 0 : rows.filter((row) => chosen.has(keyOf(row))).length;
  const isAll = count === rows.length && count > 0;
  return (
    <label className={styles['check']}>
      <input
        type="checkbox"
        checked={isAll}
        aria-label={texts.bulk.selectAll(rows.length)}
        ref={(box) => {
          if (box !== null) box.indeterminate = count > 0 && !isAll;
        }}
        onChange={() => selection.setAll(!isAll)}
      />
    </label>
  );
}
