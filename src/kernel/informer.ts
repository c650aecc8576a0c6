/**
 * One kind of object as controllers use it: the store that a reflector keeps, and writes whose answers go straight into
 * that store, so that the next reconcile of the key sees what this one did, and the watch's echo wakes nobody.
 */
import type { KubeClient, DeleteOptions, WriteOptions } from './client.ts';
import { keyOf, type KubeObject, type ObjectRef } from './objects.ts';
import { ReflectorGroup, type Reflecting } from './reflector-group.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';
import type { ResourceType } from './resource-type.ts';
import { Store, type Index } from './store.ts';

export interface InformerOptions<Raw extends KubeObject, T extends KubeObject> extends Omit<
  ReflectorOptions<Raw, T>,
  'store'
> {
  readonly indexes?: Readonly<Record<string, Index<T>>>;
  /** Only objects of these namespaces, each with a list and a watch of its own: for a client that may not list all namespaces. */
  readonly namespaces?: readonly string[] | undefined;
}

export class Informer<Raw extends KubeObject, T extends KubeObject> {
  readonly type: ResourceType<Raw>;
  readonly store: Store<T>;
  readonly reflector: Reflecting;
  readonly #client: KubeClient;
  readonly #project: (object: Raw) => T | undefined;
  readonly #seenListeners: ((object: Raw) => void)[] = [];

  constructor(options: InformerOptions<Raw, T>) {
    this.type = options.type;
    this.store = new Store<T>(options.indexes);
    const { store } = this;
    const project = (object: Raw): T | undefined => {
      for (const listener of this.#seenListeners) listener(object);
      return options.project(object);
    };
    const reflecting = { ...options, project, store };
    this.reflector =
      options.namespaces === undefined
        ? new Reflector(reflecting)
        : new ReflectorGroup(options.namespaces.map((namespace) => new Reflector({ ...reflecting, namespace })));
    this.#client = options.client;
    this.#project = options.project;
  }

  /** Calls the listener with each object that a list or a watch brings, whole, before the store shows it. Not for our own writes. */
  onSeen(listener: (object: Raw) => void): void {
    this.#seenListeners.push(listener);
  }

  /** The object itself from the API server, whole and current; undefined where it is not there. */
  read(ref: ObjectRef, signal?: AbortSignal): Promise<Raw | undefined> {
    return this.#client.get(this.type, ref, { signal });
  }

  /**
   * Reads the object and updates the store with it. That also finds what the watch does not show: an object that became of interest after its
   * last event, or one that lost our label. Resolves with the object itself, or with undefined if it does not exist.
   */
  async refresh(ref: ObjectRef, signal?: AbortSignal): Promise<Raw | undefined> {
    const key = keyOf(ref);
    const before = this.store.get(key);
    const object = await this.read(ref, signal);
    if (object !== undefined) this.#remember(object);
    // Deletes only the object that the store had before the request: another one may have come before the answer.
    else if (before !== undefined) this.store.delete(key, before.metadata.uid);
    return object;
  }

  /** The object as the store would keep it; undefined where it would not. */
  project(object: Raw): T | undefined {
    return this.#project(object);
  }

  /** With `dryRun`, nothing is created and the store does not change. */
  async create(object: Omit<Raw, 'apiVersion' | 'kind'>, options: WriteOptions): Promise<T | undefined> {
    const created = await this.#client.create(this.type, object, options);
    return options.dryRun === true ? this.#project(created) : this.#remember(created);
  }

  /** Writes the whole object; its `metadata.resourceVersion` is the precondition. */
  async replace(object: Omit<Raw, 'apiVersion' | 'kind'>, options: WriteOptions): Promise<T | undefined> {
    return this.#remember(await this.#client.replace(this.type, object, options));
  }

  async patch(
    ref: ObjectRef,
    patch: unknown,
    options: WriteOptions & { readonly subresource?: 'status' },
  ): Promise<T | undefined> {
    return this.#remember(await this.#client.patch(this.type, ref, patch, options));
  }

  /**
   * Deletes exactly the object of `uid`, and never another one of the same name. The store drops the object when it is gone, and keeps it
   * while a finalizer or its grace period does. Resolves with false if it was gone already.
   */
  async delete(ref: ObjectRef, options: DeleteOptions & { readonly uid: string }): Promise<boolean> {
    const left = await this.#client.remove(this.type, ref, options);
    if (left === 'gone' || left === 'absent') this.store.delete(keyOf(ref), options.uid);
    else this.#remember(left);
    return left !== 'absent';
  }

  #remember(object: Raw): T | undefined {
    const projected = this.#project(object);
    if (projected !== undefined) this.store.set(projected);
    return projected;
  }
}
