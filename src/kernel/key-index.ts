/**
 * Which keys are found under a value. Most values have one key (an owner, a name), and a Set for each of them would be the
 * largest part of a store of small objects; so one key is kept as it is, and only several are a Set.
 */
import type { ObjectKey } from './objects.ts';

export class KeyIndex {
  readonly #keys = new Map<string, ObjectKey | Set<ObjectKey>>();

  /** A moment's view: what is added later need not be in it. */
  get(value: string): ReadonlySet<ObjectKey> {
    const found = this.#keys.get(value);
    if (found === undefined) return none;
    return typeof found === 'string' ? new Set([found]) : found;
  }

  add(value: string, key: ObjectKey): void {
    const found = this.#keys.get(value);
    // Where the value reads like the key, as a name often does, one string serves for both.
    if (found === undefined) this.#keys.set(value === key ? key : value, key);
    else if (typeof found !== 'string') found.add(key);
    else if (found !== key) this.#keys.set(value, new Set([found, key]));
  }

  delete(value: string, key: ObjectKey): void {
    const found = this.#keys.get(value);
    if (found === key) this.#keys.delete(value);
    if (found === undefined || typeof found === 'string') return;
    found.delete(key);
    if (found.size === 0) this.#keys.delete(value);
  }
}

const none: ReadonlySet<ObjectKey> = new Set();
