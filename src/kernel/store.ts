/**
 * What we know of one kind of object: the last state seen, as a projection, with indexes.
 *
 * Promises: listeners hear every change of a key once, after the store shows it, in the order of the server; when an object is replaced by
 * another one of the same name (its UID differs), they hear one change with both states. An older state of an object (a smaller
 * resourceVersion) never replaces a newer one. So the response to a write can be put in at once, and late events of the watch are ignored. A
 * response that arrives after its object was deleted does not bring the object back.
 * Caller's duty: never to change an object that the store returns (tests freeze them).
 * Not promised: that every intermediate state is seen. Only the last one counts.
 */
import { KeyIndex } from './key-index.ts';
import { keyOf, type KubeObject, type ObjectKey } from './objects.ts';
import { RecentMap } from './recent-map.ts';

/** Deleted objects that are remembered, by UID: enough for the time that a write can wait for its answer. Each takes some 150 bytes. */
const mostEnds = 1_024;

export interface StoreChange<T> {
  readonly key: ObjectKey;
  /** Undefined when the object is new. */
  readonly before: T | undefined;
  /** Undefined when the object is gone. */
  readonly after: T | undefined;
}

type StoreListener<T> = (change: StoreChange<T>) => void;
/** The values under which an object is found in an index; none = not in it. */
type IndexFunction<T> = (object: T) => readonly string[];

/** An index that knows which objects are the first under a value. No two objects have the same place in the order. */
interface OrderedIndex<T> {
  readonly of: IndexFunction<T>;
  /** Below 0 where the first comes before the second. */
  readonly order: (one: T, other: T) => number;
}
export type Index<T> = IndexFunction<T> | OrderedIndex<T>;

export class Store<T extends KubeObject> {
  readonly #objects = new Map<ObjectKey, T>();
  readonly #indexes = new Map<string, { readonly of: IndexFunction<T>; readonly keys: KeyIndex }>();
  readonly #listeners: StoreListener<T>[] = [];
  /** The resourceVersion at which an object was deleted, by its UID. */
  readonly #ends = new RecentMap<string, string>(mostEnds);

  constructor(indexes: Readonly<Record<string, Index<T>>> = {}) {
    for (const [name, index] of Object.entries(indexes)) {
      const kept = typeof index === 'function' ? { of: index, keys: new KeyIndex() } : this.#ordered(index);
      this.#indexes.set(name, kept);
    }
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  keys(): IterableIterator<ObjectKey> {
    return this.#objects.keys();
  }

  /** Objects that the index `name` lists under `value`, sorted by key. */
  byIndex(name: string, value: string): readonly T[] {
    const objects: T[] = [];
    for (const key of [...this.keysByIndex(name, value)].sort()) {
      const object = this.#objects.get(key);
      if (object !== undefined) objects.push(object);
    }
    return objects;
  }

  keysByIndex(name: string, value: string): ReadonlySet<ObjectKey> {
    return this.#index(name).get(value);
  }

  /** The first `count` objects that the ordered index `name` lists under `value`, in its order. */
  firstByIndex(name: string, value: string, count: number): readonly T[] {
    const keys = this.#index(name).first(value, count);
    return keys.map((key) => this.#objects.get(key)).filter((object) => object !== undefined);
  }

  onChange(listener: StoreListener<T>): void {
    this.#listeners.push(listener);
  }

  /** False for a state that the store has, or is past: the echo of a write whose answer was put in. `set` would ignore it. */
  isNews(object: KubeObject): boolean {
    const { uid, resourceVersion } = object.metadata;
    const end = uid === undefined ? undefined : this.#ends.get(uid);
    if (resourceVersion !== undefined && isLater(end, resourceVersion)) return false;
    const before = this.#objects.get(keyOf(object.metadata));
    return before === undefined || isNewer(object, before);
  }

  set(object: T): void {
    const key = keyOf(object.metadata);
    const before = this.#objects.get(key);
    if (!this.isNews(object)) return;
    this.#unindex(key, before);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) {
      for (const value of index.of(object)) index.keys.add(value, key);
    }
    this.#tell({ key, before, after: object });
  }

  /** With `uid`: only that object, not one of the same name that was made since. */
  delete(key: ObjectKey, uid?: string): void {
    const before = this.#objects.get(key);
    if (before === undefined || (uid !== undefined && before.metadata.uid !== uid)) return;
    this.#unindex(key, before);
    this.#objects.delete(key);
    this.#tell({ key, before, after: undefined });
  }

  /**
   * Called when a watch says that the object was deleted, or that the selector does not select it any more. The object is in its last state, with
   * the resourceVersion of its end.
   */
  end({ metadata }: KubeObject): void {
    if (metadata.uid !== undefined && metadata.resourceVersion !== undefined)
      this.#ends.set(metadata.uid, metadata.resourceVersion);
    this.delete(keyOf(metadata), metadata.uid);
  }

  /**
   * Called after a full list at `resourceVersion`. What is not in `keys` was deleted while we were away, unless it is newer than the list.
   * With `namespace`, the list was of that namespace alone, and says nothing about others.
   */
  retainOnly(keys: ReadonlySet<ObjectKey>, resourceVersion: string, namespace?: string): void {
    for (const [key, { metadata }] of [...this.#objects]) {
      if (namespace !== undefined && metadata.namespace !== namespace) continue;
      if (!keys.has(key) && !isLater(metadata.resourceVersion, resourceVersion)) this.delete(key);
    }
  }

  #index(name: string): KeyIndex {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`the store has no index "${name}"`);
    return index.keys;
  }

  /** Objects are in their place while their keys are in the index: a change takes the key out before, and puts it in after. */
  #ordered({ of, order }: OrderedIndex<T>): { readonly of: IndexFunction<T>; readonly keys: KeyIndex } {
    const compare = (one: ObjectKey, other: ObjectKey): number => {
      const [a, b] = [this.#objects.get(one), this.#objects.get(other)];
      return a === undefined || b === undefined ? 0 : order(a, b);
    };
    return { of, keys: new KeyIndex(compare) };
  }

  #unindex(key: ObjectKey, object: T | undefined): void {
    if (object === undefined) return;
    for (const index of this.#indexes.values()) {
      for (const value of index.of(object)) index.keys.delete(value, key);
    }
  }

  #tell(change: StoreChange<T>): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/**
 * Resource versions of one kind are comparable as numbers, across its objects too (Kubernetes promises it since 1.35, and
 * it held before). Where one is no number, what differs is taken as newer.
 */
function isNewer(after: KubeObject, before: KubeObject): boolean {
  const [a, b] = [after.metadata.resourceVersion, before.metadata.resourceVersion];
  if (a === undefined || b === undefined) return true;
  return isNumber(a) && isNumber(b) ? isLater(a, b) : a !== b;
}

/** Whether a version is later than another; false where one is no number. */
export function isLater(a: string | undefined, b: string): boolean {
  if (a === undefined || !isNumber(a) || !isNumber(b)) return false;
  return a.length === b.length ? a > b : a.length > b.length;
}

function isNumber(version: string): boolean {
  return /^\d+$/.test(version);
}
