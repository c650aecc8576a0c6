/**
 * What is kept for users by a key: a limited number of entries for each user, and in all.
 *
 * Promise: a user with too many entries loses their own oldest one. When there are too many in all, the user with the most entries that may go loses the
 * oldest of these, so a user with few never loses one to a user with many. Entries that may not go stay, even beyond the limits.
 * Caller's duty: a limit for the entries that may not go.
 */

interface EntriesOptions<V> {
  readonly maxOfUser: number;
  readonly max: number;
  /** Whether an entry may be removed for others. By default, every entry may. */
  readonly mayGo?: (value: V) => boolean;
  /** Called with what went for others. */
  readonly gone?: (value: V) => void;
}

interface Entry<V> {
  readonly user: string;
  readonly value: V;
}

export class EntriesByUser<V> {
  readonly #options: EntriesOptions<V>;
  /** The one that was set longest ago first. */
  readonly #entries = new Map<string, Entry<V>>();

  constructor(options: EntriesOptions<V>) {
    this.#options = options;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** It becomes the newest. */
  set(user: string, key: string, value: V): void {
    if (!this.#entries.delete(key)) this.#makeRoom(user);
    this.#entries.set(key, { user, value });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  values(): readonly V[] {
    return [...this.#entries.values()].map(({ value }) => value);
  }

  #makeRoom(user: string): void {
    for (let key = this.#nextToGo(user); key !== undefined; key = this.#nextToGo(user)) {
      const entry = this.#entries.get(key);
      this.#entries.delete(key);
      if (entry !== undefined) this.#options.gone?.(entry.value);
    }
  }

  /** The entry that goes to make room for one more of the user. Undefined: there is room, or nothing may go. */
  #nextToGo(user: string): string | undefined {
    const { maxOfUser, max, mayGo = () => true } = this.#options;
    const hasTooMany = this.#countOf(user) >= maxOfUser;
    if (!hasTooMany && this.#entries.size < max) return undefined;
    const spare = Map.groupBy(
      [...this.#entries].filter(([, { value }]) => mayGo(value)),
      ([, entry]) => entry.user,
    );
    let most = spare.get(user) ?? [];
    if (!hasTooMany) for (const ofOther of spare.values()) if (ofOther.length > most.length) most = ofOther;
    return most[0]?.[0];
  }

  #countOf(user: string): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.user === user) count += 1;
    return count;
  }
}
