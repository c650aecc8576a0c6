/**
 * The time of the cluster, for ages and countdowns: one clock for the whole page. It is read every second while something that counts seconds is shown, and every ten
 * seconds otherwise. No request is made.
 */
import { useSyncExternalStore } from 'react';
import { clusterNow } from '../cluster/cluster-clock.ts';

const secondMs = 1_000;
const slowMs = 10_000;

class Ticker {
  readonly #everyMs: number;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #now = clusterNow();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  readonly now = (): number => this.#now;

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange);
    this.#timer ??= setInterval(() => {
      this.#now = clusterNow();
      for (const listener of this.#listeners) listener();
    }, this.#everyMs);
    if (Math.abs(clusterNow() - this.#now) > this.#everyMs) this.#now = clusterNow();
    return () => {
      this.#listeners.delete(onChange);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };
}

const slow = new Ticker(slowMs);
const bySecond = new Ticker(secondMs);

export function useNow(): number {
  return useSyncExternalStore(slow.subscribe, slow.now);
}

/** For what counts seconds, such as how long a job has run. */
export function useSeconds(): number {
  return useSyncExternalStore(bySecond.subscribe, bySecond.now);
}
