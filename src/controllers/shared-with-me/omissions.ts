/** Which grants each list leaves out, so that the grants can say so. Kept in memory; a new process computes it again. */
import type { ObjectKey } from '../../kernel/index.ts';

export class Omissions {
  readonly #byNamespace = new Map<string, ReadonlySet<ObjectKey>>();
  readonly #listeners: ((grantKey: ObjectKey) => void)[] = [];

  of(namespace: string): ReadonlySet<ObjectKey> {
    return this.#byNamespace.get(namespace) ?? none;
  }

  /** Whether a list leaves the grant out. */
  has(grantKey: ObjectKey): boolean {
    for (const omitted of this.#byNamespace.values()) if (omitted.has(grantKey)) return true;
    return false;
  }

  set(namespace: string, omitted: ReadonlySet<ObjectKey>): void {
    const before = this.of(namespace);
    if (omitted.size === 0) this.#byNamespace.delete(namespace);
    else this.#byNamespace.set(namespace, omitted);
    for (const key of new Set([...before, ...omitted])) {
      if (before.has(key) === omitted.has(key)) continue;
      for (const listener of this.#listeners) listener(key);
    }
  }

  /** Called with each grant that a list newly leaves out, or takes up again. */
  onChange(listener: (grantKey: ObjectKey) => void): void {
    this.#listeners.push(listener);
  }
}

const none: ReadonlySet<ObjectKey> = new Set();
