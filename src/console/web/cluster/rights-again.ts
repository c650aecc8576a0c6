/**
 * Whose rights to ask for again, when what others share with the user changes.
 *
 * Promise: only those in a namespace whose entries have changed; at once, but no sooner than `spacingMs` after the time before, and after the last change. So
 * someone who grants and revokes without a pause costs the page few requests, and other owners none.
 */
import type { SharedEntry } from '../../../client/index.ts';

export const spacingMs = 3_000;

interface Rest {
  hasChanged: boolean;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class RightsAgain {
  readonly #ask: (namespace: string) => void;
  /** What each namespace shares, as text. */
  #seen: ReadonlyMap<string, string> = new Map();
  /** Namespaces that were asked about a moment ago. */
  readonly #rests = new Map<string, Rest>();

  constructor(ask: (namespace: string) => void) {
    this.#ask = ask;
  }

  see(entries: readonly SharedEntry[]): void {
    const groups = Map.groupBy(entries, ({ namespace }) => namespace);
    const seen = new Map(Array.from(groups, ([namespace, some]) => [namespace, JSON.stringify(some)]));
    const former = this.#seen;
    this.#seen = seen;
    for (const namespace of new Set([...former.keys(), ...seen.keys()]))
      if (former.get(namespace) !== seen.get(namespace)) this.#change(namespace);
  }

  stop(): void {
    for (const { timer } of this.#rests.values()) clearTimeout(timer);
    this.#rests.clear();
  }

  #change(namespace: string): void {
    const rest = this.#rests.get(namespace);
    if (rest !== undefined) {
      rest.hasChanged = true;
      return;
    }
    const next: Rest = { hasChanged: false, timer: setTimeout(() => this.#endRest(namespace, next), spacingMs) };
    this.#rests.set(namespace, next);
    this.#ask(namespace);
  }

  #endRest(namespace: string, { hasChanged }: Rest): void {
    this.#rests.delete(namespace);
    if (hasChanged) this.#change(namespace);
  }
}
