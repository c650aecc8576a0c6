/**
 * What is being done to many rows: it goes on while one is on another page of the console.
 *
 * Promise: one run at a place at a time. Its progress is here until it ends, and what failed or was not tried until somebody has closed it. What was done
 * is said once, wherever one is. The next user sees nothing of it. Leaving the console meanwhile makes the browser ask.
 */
import { useSyncExternalStore } from 'react';
import type { ClusterError } from '../cluster/errors.ts';
import { runBulk } from './bulk-run.ts';
import { tellDone } from './toast.ts';

/** A row, as a result names it. */
interface Named {
  readonly id: string;
  readonly name: string;
}

export interface BulkResult {
  readonly all: number;
  readonly failed: readonly (Named & Pick<ClusterError, 'message' | 'lang'>)[];
  /** Not tried. */
  readonly left: readonly Named[];
}

export interface BulkRunning {
  /** Which list of which namespace and cluster. */
  readonly place: string;
  /** The address of that list as it was. */
  readonly href: string;
  readonly label: string;
  readonly count: number;
  readonly all: number;
  readonly stop: () => void;
  /** Absent while it runs. */
  readonly result?: BulkResult;
}

interface BulkStart<Row> extends Pick<BulkRunning, 'place' | 'href' | 'label'> {
  readonly rows: readonly Row[];
  readonly named: (row: Row) => Named;
  readonly act: (row: Row) => Promise<unknown>;
  readonly done: (count: number) => string;
  /** Those with which it succeeded. */
  readonly onEnd: (ids: readonly string[]) => void;
}

export class BulkRuns {
  /** Whose runs these are. */
  #owner: string | undefined;
  #runs: readonly BulkRunning[] = [];
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** The same list until something changes. */
  readonly all = (): readonly BulkRunning[] => this.#runs;

  /** Stops and drops what another one has begun. */
  keepFor(owner: string): void {
    if (owner === this.#owner) return;
    this.#owner = owner;
    for (const { stop } of this.#runs) stop();
    this.#change([]);
  }

  async start<Row>({ place, href, label, rows, named, act, done, onEnd }: BulkStart<Row>): Promise<void> {
    const stopping = new AbortController();
    const owner = this.#owner;
    const run: BulkRunning = { place, href, label, count: 0, all: rows.length, stop: () => stopping.abort() };
    this.#set(place, run);
    const onProgress = (count: number): void => {
      if (owner === this.#owner) this.#set(place, { ...run, count });
    };
    const outcome = await runBulk({ rows, act, signal: stopping.signal, onProgress });
    if (owner !== this.#owner) return;
    onEnd(outcome.done.map((row) => named(row).id));
    const count = outcome.done.length;
    if (count > 0) tellDone(() => done(count));
    const failed = outcome.failed.map(({ row, ...failure }) => ({ ...named(row), ...failure }));
    const left = outcome.left.map(named);
    const isWhole = failed.length + left.length === 0;
    this.#set(place, isWhole ? undefined : { ...run, count, result: { all: rows.length, failed, left } });
  }

  dismiss(place: string): void {
    this.#set(place, undefined);
  }

  #set(place: string, run: BulkRunning | undefined): void {
    const others = this.#runs.filter((other) => other.place !== place);
    this.#change(run === undefined ? others : [...others, run]);
  }

  #change(runs: readonly BulkRunning[]): void {
    this.#runs = runs;
    if (this.#runs.some(({ result }) => result === undefined)) window.addEventListener('beforeunload', askBefore);
    else window.removeEventListener('beforeunload', askBefore);
    for (const listener of this.#listeners) listener();
  }
}

export const bulkRuns = new BulkRuns();

export function useBulkRuns(): readonly BulkRunning[] {
  return useSyncExternalStore(bulkRuns.subscribe, bulkRuns.all);
}

/** The browser asks in words of its own. */
function askBefore(event: Event): void {
  event.preventDefault();
}
