/**
 * A table whose rows can be selected, with what can be done with those below it.
 *
 * Promise: what runs, and a dialog that is open, stay when the table has no row any more, or is not shown.
 */
import type { ReactElement } from 'react';
import { BulkBar, type BulkAction } from './bulk-bar.tsx';
import type { BulkList } from './bulk-place.ts';
import { useSelection } from './selection.ts';
import { VirtualTable, type VirtualTableProps } from './virtual-table.tsx';

interface SelectTableProps<Row> extends Omit<VirtualTableProps<Row>, 'selecting'> {
  readonly list: BulkList;
  /** What people call a row. */
  readonly nameOf: (row: Row) => string;
  readonly actions: readonly BulkAction<Row>[];
  readonly isShown?: boolean;
}

export function SelectTable<Row>(props: SelectTableProps<Row>): ReactElement {
  const { list, nameOf, actions, isShown = true, ...table } = props;
  const { rows, keyOf } = table;
  const { selection, selected } = useSelection(rows, keyOf);
  return (
    <>
      {isShown && rows.length > 0 && <VirtualTable {...table} selecting={{ selection, nameOf }} />}
      <BulkBar
        list={list}
        selection={selection}
        selected={selected}
        shown={rows.length}
        keyOf={keyOf}
        nameOf={nameOf}
        actions={actions}
      />
    </>
  );
}
