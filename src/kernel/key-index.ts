/**
 * Which keys are found under a value. Most values have one key (an owner, a name), and a Set for each of them would be the
 * largest part of a store of small objects; so one key is kept as it is, and only several are a Set.
 *
 * Promise: with an order, the first keys of a value are known at once, and adding or deleting one of n keys takes about log n comparisons.
 */
import type { ObjectKey } from './objects.ts';

/** Below 0 where the first comes before the second. It says the same while both are in the index. */
type Order = (one: ObjectKey, other: ObjectKey) => number;

interface Several {
  readonly keys: Set<ObjectKey>;
  /** The same keys, sorted; empty without an order. */
  readonly sorted: ObjectKey[];
}

export class KeyIndex {
  readonly #keys = new Map<string, ObjectKey | Several>();
  readonly #order: Order | undefined;

  constructor(order?: Order) {
    this.#order = order;
  }

  /** The keys under the value now. The set may or may not show keys that are added later. */
  get(value: string): ReadonlySet<ObjectKey> {
    const found = this.#keys.get(value);
    if (found === undefined) return none;
    return typeof found === 'string' ? new Set([found]) : found.keys;
  }

  /** The first `count` keys under the value, in order. Throws where the index has no order. */
  first(value: string, count: number): readonly ObjectKey[] {
    if (this.#order === undefined) throw new RangeError('the index has no order');
    const found = this.#keys.get(value);
    if (found === undefined) return [];
    return typeof found === 'string' ? [found] : found.sorted.slice(0, count);
  }

  add(value: string, key: ObjectKey): void {
    const found = this.#keys.get(value);
    // Where the value reads like the key, as a name often does, one string serves for both.
    if (found === undefined) this.#keys.set(value === key ? key : value, key);
    else if (typeof found !== 'string') this.#insert(found, key);
    else if (found !== key) {
      const several = { keys: new Set<ObjectKey>(), sorted: [] };
      this.#insert(several, found);
      this.#insert(several, key);
      this.#keys.set(value, several);
    }
  }

  delete(value: string, key: ObjectKey): void {
    const found = this.#keys.get(value);
    if (found === key) this.#keys.delete(value);
    if (found === undefined || typeof found === 'string') return;
    if (found.keys.delete(key) && this.#order !== undefined)
      found.sorted.splice(placeOf(key, found.sorted, this.#order), 1);
    if (found.keys.size === 0) this.#keys.delete(value);
  }

  #insert({ keys, sorted }: Several, key: ObjectKey): void {
    if (keys.has(key)) return;
    keys.add(key);
    if (this.#order !== undefined) sorted.splice(placeOf(key, sorted, this.#order), 0, key);
  }
}

const none: ReadonlySet<ObjectKey> = new Set();

/** Where the key is among the sorted, or belongs. */
function placeOf(key: ObjectKey, sorted: readonly ObjectKey[], order: Order): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(sorted[middle] ?? key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
