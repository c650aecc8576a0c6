/**
 * Keys that wait, in groups that take turns: the first of each group, then the second of each, so that a group with many
 * keys delays itself and no other.
 *
 * Promise: within a group, first in, first out; between groups, one key a turn; a group without keys costs nothing.
 */
import type { ObjectKey } from './objects.ts';

export class FairLane<Waiting> {
  /** Invariant: no group is empty. The order of the Map is the order of the turns. */
  readonly #groups = new Map<string, Map<ObjectKey, Waiting>>();
  readonly #groupOf: (key: ObjectKey) => string;
  #size = 0;

  constructor(groupOf: (key: ObjectKey) => string) {
    this.#groupOf = groupOf;
  }

  get size(): number {
    return this.#size;
  }

  /** The first of each group, in the order of the turns. */
  *heads(): Generator<Waiting> {
    for (const group of this.#groups.values()) {
      const [head] = group.values();
      if (head !== undefined) yield head;
    }
  }

  get(key: ObjectKey): Waiting | undefined {
    return this.#groups.get(this.#groupOf(key))?.get(key);
  }

  /** Adds a key, or changes what is kept of a waiting key, which keeps its place. */
  set(key: ObjectKey, waiting: Waiting): void {
    const name = this.#groupOf(key);
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, (group = new Map<ObjectKey, Waiting>()));
    if (!group.has(key)) this.#size += 1;
    group.set(key, waiting);
  }

  delete(key: ObjectKey): boolean {
    const name = this.#groupOf(key);
    const group = this.#groups.get(name);
    if (group?.delete(key) !== true) return false;
    this.#size -= 1;
    if (group.size === 0) this.#groups.delete(name);
    return true;
  }

  /** Takes the next key of the first group that may take a turn; undefined where none may. */
  take(mayTake: (group: string) => boolean): readonly [ObjectKey, Waiting] | undefined {
    for (const [name, group] of this.#groups) {
      if (!mayTake(name)) continue;
      const [first] = group;
      if (first === undefined) continue;
      group.delete(first[0]);
      this.#size -= 1;
      this.#groups.delete(name);
      if (group.size > 0) this.#groups.set(name, group);
      return first;
    }
    return undefined;
  }

  clear(): void {
    this.#groups.clear();
    this.#size = 0;
  }
}
