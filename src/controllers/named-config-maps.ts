/**
 * ConfigMaps that UserSecrets refer to (`spec.configMapKeyRef`). Each is watched by its name and as metadata only, so other ConfigMaps cost
 * nothing, whatever their number and size.
 *
 * Promises: a ConfigMap that was read is watched from then on, while a UserSecret names it and the bounds hold; listeners hear each change.
 * Not promised: that one beyond the bounds is watched. Its reader looks again by a timer, and then it is watched if there is room.
 */
import {
  Reflector,
  Store,
  systemClock,
  whenAborted,
  type Clock,
  type KubeClient,
  type ObjectKey,
  type Reflecting,
} from '../kernel/index.ts';
import { viewMeta, type MetaView } from './meta-view.ts';
import { configMapType, type ConfigMap } from './resources.ts';
import type { UserSecretView } from './user-secret-view.ts';

/** Watches of one namespace; each is a connection to the API server. */
export const mostWatchesInNamespace = 4;
/** Watches in all: 64 connections take some 10 MiB. */
const mostWatches = 64;

interface Ref {
  readonly namespace: string;
  readonly name: string;
}

interface NamedConfigMapsOptions {
  readonly client: KubeClient;
  /** UserSecrets, with the index `configMapKeyRef`. */
  readonly userSecrets: Store<UserSecretView>;
  readonly clock?: Clock | undefined;
  readonly onError?: ((error: Error, attempt: number) => void) | undefined;
}

export class NamedConfigMaps {
  /** Keeps the watches of this class running. It is for the code that starts all watches. */
  readonly reflector: Reflecting;
  readonly #options: NamedConfigMapsOptions;
  /** Ends the watch of each ConfigMap that is watched. Invariant: `#watchesOf` counts these by namespace. */
  readonly #watches = new Map<ObjectKey, AbortController>();
  readonly #watchesOf = new Map<string, number>();
  readonly #listeners: ((key: ObjectKey) => void)[] = [];
  /** Aborted when the process ends; undefined before it runs. */
  #running: AbortSignal | undefined;

  constructor(options: NamedConfigMapsOptions) {
    this.#options = options;
    const { clock = systemClock } = options;
    this.reflector = new Holder(clock, (signal) => {
      this.#running = signal;
    });
    options.userSecrets.onChange(({ before }) => {
      if (before?.configMapKeyRef === undefined) return;
      const key = `${before.metadata.namespace}/${before.configMapKeyRef.name}`;
      if (options.userSecrets.keysByIndex('configMapKeyRef', key).size === 0) this.#stop(key);
    });
  }

  onChange(listener: (key: ObjectKey) => void): void {
    this.#listeners.push(listener);
  }

  isWatched({ namespace, name }: Ref): boolean {
    return this.#watches.has(`${namespace}/${name}`);
  }

  /** The ConfigMap as it is now; undefined where it is not there. Its changes are heard from then on, as far as the bounds allow. */
  async refresh(ref: Ref, signal?: AbortSignal): Promise<ConfigMap | undefined> {
    const found = await this.#options.client.get(configMapType, ref, { signal });
    this.#watch(ref, found);
    return found;
  }

  #watch({ namespace, name }: Ref, found: ConfigMap | undefined): void {
    const key = `${namespace}/${name}`;
    const ofNamespace = this.#watchesOf.get(namespace) ?? 0;
    const isWanted = this.#options.userSecrets.keysByIndex('configMapKeyRef', key).size > 0;
    if (this.#running === undefined || this.#watches.has(key) || !isWanted) return;
    if (ofNamespace >= mostWatchesInNamespace || this.#watches.size >= mostWatches) return;
    const { client, clock, onError } = this.#options;
    const store = new Store<MetaView>();
    // What was just read is no news.
    if (found !== undefined) store.set(viewMeta(found));
    store.onChange((change) => {
      for (const listener of this.#listeners) listener(change.key);
    });
    const stop = new AbortController();
    this.#watches.set(key, stop);
    this.#watchesOf.set(namespace, ofNamespace + 1);
    const reflector = new Reflector({
      client,
      type: configMapType,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      metadataOnly: true,
      store,
      project: viewMeta,
      ...(clock === undefined ? {} : { clock }),
      ...(onError === undefined ? {} : { onError }),
    });
    void reflector.run(AbortSignal.any([this.#running, stop.signal]));
  }

  #stop(key: ObjectKey): void {
    const watch = this.#watches.get(key);
    if (watch === undefined) return;
    watch.abort();
    this.#watches.delete(key);
    const namespace = key.slice(0, key.indexOf('/'));
    const left = (this.#watchesOf.get(namespace) ?? 0) - 1;
    if (left > 0) this.#watchesOf.set(namespace, left);
    else this.#watchesOf.delete(namespace);
  }
}

/** Runs nothing itself. One ConfigMap that cannot be watched is no reason to call the process ill: it is looked at by a timer too. */
class Holder implements Reflecting {
  readonly hasSynced = true;
  readonly failedMs = 0;
  readonly silenceMs = Infinity;
  readonly description = 'ConfigMaps by name';
  readonly #clock: Clock;
  readonly #onRun: (signal: AbortSignal) => void;

  constructor(clock: Clock, onRun: (signal: AbortSignal) => void) {
    this.#clock = clock;
    this.#onRun = onRun;
  }

  get lastProgressMs(): number {
    return this.#clock.now();
  }

  get progressedMs(): number {
    return this.#clock.steadyNow();
  }

  whenSynced(): Promise<void> {
    return Promise.resolve();
  }

  run(signal: AbortSignal): Promise<void> {
    this.#onRun(signal);
    return whenAborted(signal);
  }
}
