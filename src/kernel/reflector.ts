/**
 * Keeps a {@link Store} equal to what the API server has of one kind.
 *
 * Promises: paged list, then watch with bookmarks from where the list ended; 410 in any form lists again; a watch that
 * ends or breaks goes on from the last resourceVersion; a frozen connection is noticed by silence; objects deleted
 * while we were away are deleted from the store; a failure of any kind is retried without a limit, with jittered exponential
 * backoff, and `Retry-After` is kept; with `auditEveryMs`, an event that a watch has lost without breaking is found and repaired. It
 * returns only when its signal is aborted.
 * Not promised: that every intermediate state is seen.
 */
import type { Readable } from 'node:stream';
import { isAborted } from './abort.ts';
import { backoffDelayMs, type Backoff } from './backoff.ts';
import type { KubeClient } from './client.ts';
import { pause, systemClock, type Clock } from './clock.ts';
import { awaitFirstBookmark } from './first-bookmark.ts';
import { KernelError, asError, isKernelError } from './errors.ts';
import { keyOf, type KubeObject, type ObjectKey } from './objects.ts';
import { pathOf, type ResourceType } from './resource-type.ts';
import { auditStore } from './store-audit.ts';
import type { Store } from './store.ts';
import { TwoClocks, type Moment } from './two-clocks.ts';
import { watchEvents } from './watch-stream.ts';

/** The API server sends a bookmark about every 60 s to a quiet watch; for the first one, see first-bookmark.ts. */
const defaultSilenceMs = 100_000;
/** Server-side end of a watch: random between these, so that many watches do not end at once. Client-go uses the same. */
const shortestWatchSeconds = 300;
const longestWatchSeconds = 600;
const defaultBackoff: Backoff = { baseMs: 200, limitMs: 30_000 };
/** Listing takes the API server and us some 20 µs an object, so at this pace it takes at most one part in 500 of a processor. */
const auditEveryMsPerObject = 10;
/** A watch that lived this long was healthy: the next failure starts from the shortest delay. */
const healthyAfterMs = 10_000;

export interface ReflectorOptions<Raw extends KubeObject, T extends KubeObject> {
  readonly client: KubeClient;
  readonly type: ResourceType<Raw>;
  readonly store: Store<T>;
  /**
   * Cuts an object down to what decisions read; undefined = not worth keeping. Called once an event; must keep `metadata` of
   * name, uid, resourceVersion.
   */
  readonly project: (object: Raw) => T | undefined;
  /** Whether an object is worth keeping as far as its metadata tells; one that is not is never projected, and never missed. By default each is. */
  readonly keeps?: ((object: KubeObject) => boolean) | undefined;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly metadataOnly?: boolean | undefined;
  readonly clock?: Clock;
  readonly silenceMs?: number;
  readonly backoff?: Backoff;
  readonly random?: () => number;
  /** How often the store is compared with the API server; less often where it is large. By default never. */
  readonly auditEveryMs?: number | undefined;
  /**
   * True where other objects decide whether an object is kept. One that is missing may have become of interest after its last event, so it is
   * listed, and no event is reported as lost.
   */
  readonly keepsByInterest?: boolean | undefined;
  /** Called with keys whose last event the watch has lost; a new list repairs them. */
  readonly onLost?: (keys: readonly ObjectKey[]) => void;
  /** Called when the store could not be compared; it is tried again after `auditEveryMs`. */
  readonly onAuditFailed?: (error: Error) => void;
  readonly onError?: (error: Error, attempt: number) => void;
  readonly onProgress?: (what: 'list' | 'watch' | 'event' | 'bookmark') => void;
}

export class Reflector<Raw extends KubeObject, T extends KubeObject> {
  readonly #options: ReflectorOptions<Raw, T>;
  readonly #clock: Clock;
  readonly #clocks: TwoClocks;
  readonly #random: () => number;
  /** Where the next watch begins; undefined = a list is needed. */
  #resourceVersion: string | undefined;
  #hasSynced = false;
  /** The store lacks something. The next event or bookmark makes the reflector list everything again. */
  #hasLost = false;
  #lastProgress: Moment;
  #failedMs = -Infinity;
  readonly #synced = Promise.withResolvers<undefined>();

  constructor(options: ReflectorOptions<Raw, T>) {
    const { project, keeps } = options;
    this.#options =
      keeps === undefined
        ? options
        : { ...options, project: (object) => (keeps(object) ? project(object) : undefined) };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#clocks = new TwoClocks(this.#clock);
    this.#lastProgress = this.#clocks.moment();
  }

  /** True after the first full list. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves after the first full list. */
  whenSynced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Epoch milliseconds of the last list page, event or bookmark, for people. */
  get lastProgressMs(): number {
    return this.#lastProgress.wallMs;
  }

  /** The same by the steady clock, by which health is measured. */
  get progressedMs(): number {
    return this.#lastProgress.steadyMs;
  }

  /** When a list or watch last failed, by the steady clock. A failure is a sign of life too. */
  get failedMs(): number {
    return this.#failedMs;
  }

  /** How long its watch may be silent. */
  get silenceMs(): number {
    return this.#options.silenceMs ?? defaultSilenceMs;
  }

  get description(): string {
    return pathOf(this.#options.type, { namespace: this.#options.namespace });
  }

  /** Runs until `signal` is aborted; never rejects for anything else. */
  async run(signal: AbortSignal): Promise<void> {
    const auditing = this.#audit(signal);
    await this.#follow(signal);
    await auditing;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted;) {
      const startedMs = this.#clock.steadyNow();
      try {
        if (this.#resourceVersion === undefined) await this.#list(signal);
        await this.#watch(signal);
        attempt = 0;
        // A watch that ends cleanly at once, again and again, would otherwise spin.
        if (this.#clock.steadyNow() - startedMs < 1_000)
          await pause(this.#options.backoff?.baseMs ?? defaultBackoff.baseMs, { clock: this.#clock, signal });
      } catch (error) {
        if (isAborted(signal)) return;
        this.#failedMs = this.#clock.steadyNow();
        if (isKernelError(error, 'Gone')) {
          this.#resourceVersion = undefined;
        } else {
          this.#options.onError?.(asError(error), attempt);
        }
        if (this.#clock.steadyNow() - startedMs > healthyAfterMs) attempt = 0;
        const backoffMs = backoffDelayMs(this.#options.backoff ?? defaultBackoff, attempt, this.#random);
        const askedMs = error instanceof KernelError ? (error.retryAfterMs ?? 0) : 0;
        attempt += 1;
        await pause(Math.max(backoffMs, askedMs), { clock: this.#clock, signal });
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, type, store, project, namespace, labelSelector, fieldSelector, metadataOnly } = this.#options;
    const keys = new Set<ObjectKey>();
    let resourceVersion = '';
    for await (const page of client.list(type, { namespace, labelSelector, fieldSelector, metadataOnly, signal })) {
      for (const object of page.items) {
        const projected = project(object);
        if (projected === undefined) continue;
        keys.add(keyOf(object.metadata));
        store.set(projected);
      }
      resourceVersion = page.resourceVersion;
      this.#progress('list');
    }
    store.retainOnly(keys, resourceVersion, namespace);
    this.#resourceVersion = resourceVersion;
    this.#hasLost = false;
    this.#hasSynced = true;
    this.#synced.resolve(undefined);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, type, namespace, labelSelector, fieldSelector, metadataOnly } = this.#options;
    const timeoutSeconds = Math.round(
      shortestWatchSeconds + this.#random() * (longestWatchSeconds - shortestWatchSeconds),
    );
    const body = await client.watch(type, {
      namespace,
      labelSelector,
      fieldSelector,
      metadataOnly,
      signal,
      resourceVersion: this.#resourceVersion ?? '',
      timeoutSeconds,
    });
    this.#progress('watch');
    const stopWaiting =
      this.silenceMs === Infinity
        ? undefined
        : awaitFirstBookmark({ ...this.#options, clock: this.#clock, random: this.#random, signal });
    try {
      await this.#takeEvents(body, stopWaiting);
    } finally {
      stopWaiting?.();
    }
  }

  async #takeEvents(body: Readable, onFirst: (() => void) | undefined): Promise<void> {
    const { type, store, project } = this.#options;
    const events = watchEvents<Raw>(body, {
      path: this.description,
      clock: this.#clock,
      silenceMs: this.silenceMs,
      confidential: type.confidential,
    });
    for await (const event of events) {
      this.#progress(event.type === 'BOOKMARK' ? 'bookmark' : 'event');
      onFirst?.();
      if (this.#hasLost) {
        this.#resourceVersion = undefined;
        return;
      }
      switch (event.type) {
        case 'ADDED':
        case 'MODIFIED': {
          // Half of what a busy controller sees are echoes of its own writes: projecting them would be for nothing.
          if (!store.isNews(event.object)) break;
          const projected = project(event.object);
          if (projected === undefined) store.delete(keyOf(event.object.metadata));
          else store.set(projected);
          break;
        }
        case 'DELETED':
          store.end(event.object);
          break;
        case 'BOOKMARK':
          break;
        default:
          event.type satisfies never;
      }
      this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
    }
  }

  /** Compares the store with the API server now and then. */
  async #audit(signal: AbortSignal): Promise<void> {
    const { auditEveryMs, onLost, onAuditFailed, keepsByInterest, metadataOnly, project, keeps } = this.#options;
    if (auditEveryMs === undefined) return;
    // Many watches and replicas begin at different times.
    for (let pauseMs = auditEveryMs * (0.5 + this.#random() / 2); ;) {
      await pause(pauseMs, { clock: this.#clock, signal });
      if (isAborted(signal)) return;
      pauseMs = auditEveryMs;
      if (!this.#hasSynced) continue;
      const isKept = (object: Raw): boolean =>
        keeps?.(object) !== false && (metadataOnly !== true || project(object) !== undefined);
      try {
        const { objects, lost, missing } = await auditStore({ ...this.#options, isKept, clock: this.#clock, signal });
        pauseMs = Math.max(auditEveryMs, objects * auditEveryMsPerObject);
        if (lost.length + missing.length === 0) continue;
        this.#hasLost = true;
        const keys = keepsByInterest === true ? lost : [...lost, ...missing];
        if (keys.length > 0) onLost?.(keys);
      } catch (error) {
        if (isAborted(signal)) return;
        onAuditFailed?.(asError(error));
      }
    }
  }

  #progress(what: 'list' | 'watch' | 'event' | 'bookmark'): void {
    this.#lastProgress = this.#clocks.moment();
    this.#options.onProgress?.(what);
  }
}
