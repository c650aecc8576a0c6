/**
 * What is open in one row of a table, such as a question.
 *
 * Promise: it stays while the watch replaces the row or sorts it elsewhere, and ends when the row goes from the table. It does not come back with the
 * row, where it would take the focus from what one does by then, or show again what was hidden.
 */
import { useState } from 'react';

interface InRow {
  /** Of the row. */
  readonly id: string;
}

/** `rows`: those that the table has. */
export function useInRow<Open extends InRow, Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): readonly [Open | undefined, (open: Open | undefined) => void] {
  const [open, setOpen] = useState<Open>();
  const isGone = open !== undefined && !rows.some((row) => keyOf(row) === open.id);
  if (isGone) setOpen(undefined);
  return [isGone ? undefined : open, setOpen];
}
