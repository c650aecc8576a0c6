/**
 * Tells people what happened, by events that `kubectl events` and `kubectl describe` show.
 *
 * Promises: `event` never throws and never waits; what happens again is counted in the series of the first event, and
 * written at most every `seriesWriteEveryMs`; one object that misbehaves cannot flood the API server (a bucket of 25,
 * refilled every 5 minutes, as in client-go), nor can one namespace with many objects, nor can all of them together; dropped events are reported to `onDropped`.
 * Not promised: that an event is written at all. Nothing may depend on one.
 */
import { defined } from '../defined.ts';
import { backoffDelayMs, type Backoff } from './backoff.ts';
import type { KubeClient } from './client.ts';
import { sleep, systemClock, type Clock } from './clock.ts';
import { isKernelError } from './errors.ts';
import { eventIdentity, kubeEvents, newEvent, type EventContent, type ObjectReference } from './events.ts';
import { microTime } from './lease.ts';
import { keyOf, type ObjectRef } from './objects.ts';
import { RecentMap } from './recent-map.ts';
import { TokenBucket } from './token-bucket.ts';
import { TokenBuckets } from './token-buckets.ts';

export type DropReason =
  | 'closed' // after `close`
  | 'failed' // the API server did not accept it after some tries
  | 'forbidden' // we may not write events there
  | 'namespace_gone' // the namespace is being deleted, or was: nothing is wrong
  | 'queue_full'
  | 'rate_limited';

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** A qualified name, for instance `neu.ro/operator`. */
  readonly reportingController: string;
  /** Usually the Pod's name. */
  readonly reportingInstance: string;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly onWritten?: () => void;
  readonly onDropped?: (reason: DropReason) => void;
}

/** Events that wait to be written; one is some 1 KiB. */
const longestQueue = 1_000;
/** Requests at once: events never crowd out the work. */
const writersAtOnce = 4;
const seriesWriteEveryMs = 60_000;
/** An event that recurs later than this begins a new series. Client-go uses the same time. */
const seriesEndsAfterMs = 360_000;
/** Identities and objects that are remembered; the one used longest ago is forgotten. */
const longestMemory = 4_096;
const objectBurst = 25;
const objectRefillEveryMs = 300_000;
/** A burst of a namespace is a list of things applied together; then two a second. */
const namespaceBurst = 200;
const namespaceRefillEveryMs = 500;
const globalBurst = 500;
const globalRefillEveryMs = 20;
const maxTries = 4;
const backoff: Backoff = { baseMs: 500, limitMs: 10_000 };

/** One happening and its repetitions. */
interface Series {
  readonly regarding: ObjectReference;
  readonly content: EventContent;
  /** The event that was written; undefined until then. */
  ref: ObjectRef | undefined;
  firstMs: number;
  lastMs: number;
  count: number;
  writtenCount: number;
  writtenMs: number;
  isQueued: boolean;
}

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #bucket: TokenBucket;
  readonly #objectBuckets: TokenBuckets;
  readonly #namespaceBuckets: TokenBuckets;
  readonly #series = new RecentMap<string, Series>(longestMemory);
  /** Invariant: a series is in it at most once (`isQueued`). */
  readonly #queue: Series[] = [];
  readonly #timers = new Set<() => void>();
  #writers = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const clock = this.#clock;
    const remembered = { mostKeys: longestMemory, clock };
    this.#bucket = new TokenBucket({ burst: globalBurst, refillEveryMs: globalRefillEveryMs, clock });
    this.#objectBuckets = new TokenBuckets({ burst: objectBurst, refillEveryMs: objectRefillEveryMs, ...remembered });
    this.#namespaceBuckets = new TokenBuckets({
      burst: namespaceBurst,
      refillEveryMs: namespaceRefillEveryMs,
      ...remembered,
    });
  }

  event(regarding: ObjectReference, content: EventContent): void {
    const now = this.#clock.now();
    const identity = eventIdentity(regarding, content);
    const known = this.#series.get(identity);
    if (known !== undefined && now - known.lastMs < seriesEndsAfterMs) {
      known.count += 1;
      known.lastMs = now;
      this.#queueWhenDue(known);
      return;
    }
    if (!this.#mayHappen(regarding)) {
      this.#drop('rate_limited');
      return;
    }
    const series: Series = {
      regarding,
      content,
      ref: undefined,
      firstMs: now,
      lastMs: now,
      count: 1,
      writtenCount: 0,
      writtenMs: 0,
      isQueued: false,
    };
    this.#series.set(identity, series);
    this.#enqueue(series);
  }

  /** Resolves when nothing waits to be written now. */
  async idle(): Promise<void> {
    if (this.#writers === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Drops what waits, and everything that comes later. Await `idle()` before it to let events be written. */
  close(): void {
    this.#closing.abort(new Error('the event recorder is closed'));
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    while (this.#queue.pop() !== undefined) this.#drop('closed');
  }

  #mayHappen(regarding: ObjectReference): boolean {
    const object = `${regarding.apiVersion} ${regarding.kind} ${keyOf(regarding)} ${regarding.uid ?? ''}`;
    return (
      this.#objectBuckets.take(object) !== undefined &&
      this.#namespaceBuckets.take(regarding.namespace ?? '') !== undefined &&
      this.#bucket.take()
    );
  }

  /** The first repetition is written at once, so that people see it. Later ones are written together, at most every `seriesWriteEveryMs`. */
  #queueWhenDue(series: Series): void {
    if (series.isQueued) return;
    const isFirst = series.writtenCount <= 1;
    const dueInMs = isFirst ? 0 : series.writtenMs + seriesWriteEveryMs - this.#clock.steadyNow();
    if (dueInMs <= 0) {
      this.#enqueue(series);
      return;
    }
    series.isQueued = true;
    const cancel = this.#clock.schedule(() => {
      this.#timers.delete(cancel);
      series.isQueued = false;
      this.#enqueue(series);
    }, dueInMs);
    this.#timers.add(cancel);
  }

  #enqueue(series: Series): void {
    if (this.#closing.signal.aborted) {
      this.#drop('closed');
      return;
    }
    if (this.#queue.length >= longestQueue) {
      this.#drop('queue_full');
      return;
    }
    series.isQueued = true;
    this.#queue.push(series);
    if (this.#writers < writersAtOnce) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#writers += 1;
    try {
      for (let series = this.#queue.shift(); series !== undefined; series = this.#queue.shift()) {
        await this.#writeWithRetries(series);
      }
    } finally {
      this.#writers -= 1;
      if (this.#writers === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  async #writeWithRetries(series: Series): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // Repetitions from here on belong to a later write.
        series.isQueued = false;
        await this.#write(series);
        this.#options.onWritten?.();
        return;
      } catch (error) {
        const reason = reasonToDrop(error, this.#closing.signal, attempt);
        if (reason !== undefined) {
          this.#drop(reason);
          return;
        }
      }
      try {
        const delayMs = backoffDelayMs(backoff, attempt, this.#options.random);
        await sleep(delayMs, { clock: this.#clock, signal: this.#closing.signal });
      } catch {
        this.#drop('closed');
        return;
      }
    }
  }

  async #write(series: Series): Promise<void> {
    const { client, reportingController: controller, reportingInstance: instance } = this.#options;
    const { signal } = this.#closing;
    const { count } = series;
    if (series.ref !== undefined) {
      const written = { count, lastObservedTime: microTime(series.lastMs) };
      try {
        await client.patch(kubeEvents, series.ref, { series: written }, { signal });
        this.#written(series, count);
        return;
      } catch (error) {
        if (!isKernelError(error, 'NotFound')) throw error;
        // The API server forgets events after an hour: start a new one.
        series.firstMs = series.lastMs;
      }
    }
    const event = newEvent(series.regarding, series.content, { controller, instance, nowMs: series.firstMs });
    try {
      await client.create(kubeEvents, event, { signal });
    } catch (error) {
      // Our first try did create it, and only its answer was lost.
      if (!isKernelError(error, 'AlreadyExists')) throw error;
    }
    const { name, namespace } = event.metadata;
    series.ref = { name, ...defined({ namespace }) };
    this.#written(series, 1);
    if (series.count > 1) this.#queueWhenDue(series);
  }

  #written(series: Series, count: number): void {
    series.writtenCount = count;
    series.writtenMs = this.#clock.steadyNow();
  }

  #drop(reason: DropReason): void {
    this.#options.onDropped?.(reason);
  }
}

function reasonToDrop(error: unknown, closing: AbortSignal, attempt: number): DropReason | undefined {
  if (closing.aborted) return 'closed';
  if (isKernelError(error, 'NotFound')) return 'namespace_gone';
  if (isKernelError(error, 'Forbidden')) {
    return error.message.includes('being terminated') ? 'namespace_gone' : 'forbidden';
  }
  const mayPass = isKernelError(error, 'Network', 'Server', 'Timeout', 'TooManyRequests', 'Unauthorized', 'Conflict');
  return mayPass && attempt + 1 < maxTries ? undefined : 'failed';
}
