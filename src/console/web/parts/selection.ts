/**
 * Which rows of a table are selected. Outside of React, so that a change draws the check boxes again and no row.
 *
 * Promise: what was selected stays so while its row is hidden by a filter or replaced by the watch; but only what the table
 * shows is acted on, so nothing unseen is.
 */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';

export class Selection {
  #chosen: ReadonlySet<string> = new Set();
  /** Identifiers of the rows that the table has, in its order. */
  #shown: readonly string[] = [];
  /** Where a range begins. */
  #anchor: string | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** The same object until something changes. */
  readonly chosen = (): ReadonlySet<string> => this.#chosen;

  show(ids: readonly string[]): void {
    this.#shown = ids;
  }

  /** `isRange`: all from the row that was last changed to this one. */
  set(id: string, isChosen: boolean, isRange = false): void {
    const ids = isRange ? this.#range(id) : [id];
    this.#anchor = id;
    this.setMany(ids, isChosen);
  }

  setAll(isChosen: boolean): void {
    this.#anchor = undefined;
    this.setMany(this.#shown, isChosen);
  }

  /** As one change, which is drawn once. */
  setMany(ids: readonly string[], isChosen: boolean): void {
    this.#change((next) => {
      for (const id of ids)
        if (isChosen) next.add(id);
        else next.delete(id);
    });
  }

  clear(): void {
    this.#change((next) => next.clear());
  }

  #range(id: string): readonly string[] {
    const [from, to] = [this.#shown.indexOf(this.#anchor ?? id), this.#shown.indexOf(id)];
    return from === -1 || to === -1 ? [id] : this.#shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  }

  #change(change: (next: Set<string>) => void): void {
    const next = new Set(this.#chosen);
    change(next);
    this.#chosen = next;
    for (const listener of this.#listeners) listener();
  }
}

/** `selected` are those of `rows` that are selected, in their order. */
export function useSelection<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): { readonly selection: Selection; readonly selected: readonly Row[] } {
  const [selection] = useState(() => new Selection());
  const chosen = useSyncExternalStore(selection.subscribe, selection.chosen);
  useEffect(() => selection.show(rows.map(keyOf)), [selection, rows, keyOf]);
  const selected = useMemo(() => rows.filter((row) => chosen.has(keyOf(row))), [rows, chosen, keyOf]);
  return { selection, selected };
}
