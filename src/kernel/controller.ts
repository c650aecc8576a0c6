/**
 * Runs a reconcile function for every key of a queue, several at a time.
 *
 * Promises: one reconcile a key at a time; every failure is retried with the key's own backoff, without a limit; one
 * namespace holds at most half of the workers; when something that failed succeeds, others that failed are retried at once;
 * all requeue policy is in `#reconcile`. Caller's duty: `reconcile` is right from any state, ends soon after its signal is
 * aborted, and returns what it wants instead of touching the queue.
 */
import { randomUUID } from 'node:crypto';
import { defined } from '../defined.ts';
import type { Cause, Lane } from './causes.ts';
import { systemClock, type Clock } from './clock.ts';
import { asError, isKernelError } from './errors.ts';
import type { ObjectKey } from './objects.ts';
import { WorkQueue, type WorkItem } from './work-queue.ts';

/** When to work on a key again. */
export interface Requeue {
  readonly requeueAfterMs: number;
  /** By default `background`. `change`: something ends then, and must not wait behind other timers. */
  readonly lane?: Lane;
}

/** What a reconcile wants next. `failed` counts as a thrown error, but can also ask for a time to look again. */
export type Outcome = 'done' | Requeue | (Partial<Requeue> & { readonly failed: Error });

export interface ReconcileContext {
  readonly signal: AbortSignal;
  /** Appears in every log line of this reconcile. */
  readonly reconcileId: string;
  /** Why the key is worked on. */
  readonly cause: Cause;
  /** Since when it has waited for that, by the steady clock. */
  readonly addedMs?: number;
  /** More keys wait than there are workers, so work that can wait should wait. */
  readonly isBusy?: boolean;
}

export type Reconcile = (key: ObjectKey, context: ReconcileContext) => Promise<Outcome>;

/** `stopped`: it failed after the controller was asked to stop, usually because it was cut off. Neither reported nor retried. */
export type ReconcileResult = 'success' | 'requeue_after' | 'conflict' | 'lease_lost' | 'stopped' | 'error';

export interface ControllerOptions {
  readonly name: string;
  readonly reconcile: Reconcile;
  /** Workers; above one by default, because most of a reconcile is waiting for the API server. */
  readonly concurrency?: number;
  readonly queue?: WorkQueue;
  readonly clock?: Clock;
  readonly onReconciled?: (result: ReconcileResult, item: WorkItem, durationMs: number) => void;
  readonly onError?: (error: Error, item: WorkItem, reconcileId: string) => void;
}

const defaultConcurrency = 16;
/** This many conflicts in a row are normal and are not reported. */
const quietConflicts = 3;
/** Two objects that fail in turns must not keep each other busy. */
const hurryEveryMs = 1_000;

export class Controller {
  readonly name: string;
  readonly queue: WorkQueue;
  /** Workers. */
  readonly concurrency: number;
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  #hurriedMs = -Infinity;

  constructor(options: ControllerOptions) {
    const { name, clock = systemClock, concurrency = defaultConcurrency } = options;
    this.name = name;
    this.concurrency = concurrency;
    this.queue = options.queue ?? new WorkQueue({ clock, mostPerGroup: Math.ceil(concurrency / 2) });
    this.#options = options;
    this.#clock = clock;
  }

  /** Runs until the signal is aborted and the reconciles under way have ended. */
  async run(signal: AbortSignal): Promise<void> {
    const close = (): void => this.queue.close();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    try {
      await Promise.all(Array.from({ length: this.concurrency }, () => this.#work(signal)));
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let item = await this.queue.take(); item !== undefined; item = await this.queue.take()) {
      const startedAt = this.#clock.steadyNow();
      const result = await this.#reconcile(item, signal);
      this.queue.done(item.key);
      this.#options.onReconciled?.(result, item, this.#clock.steadyNow() - startedAt);
    }
  }

  async #reconcile(item: WorkItem, signal: AbortSignal): Promise<ReconcileResult> {
    const { key, cause, lane, addedMs } = item;
    const reconcileId = randomUUID();
    const isBusy = this.queue.depth > this.concurrency;
    try {
      const outcome = await this.#options.reconcile(key, { signal, reconcileId, cause, addedMs, isBusy });
      const hasFailed = outcome !== 'done' && 'failed' in outcome;
      if (!hasFailed) {
        const isRecovery = this.queue.failures(key) > 0;
        this.queue.forget(key);
        if (isRecovery) this.#hurryOthers();
      }
      if (outcome === 'done') return 'success';
      if (outcome.requeueAfterMs !== undefined) {
        this.queue.addAfter(key, outcome.requeueAfterMs, defined({ lane: outcome.lane }));
      }
      if (hasFailed) throw outcome.failed;
      return 'requeue_after';
    } catch (failed) {
      if (signal.aborted) return 'stopped';
      const result = this.#classify(failed, key);
      if (result === 'error') {
        this.#options.onError?.(asError(failed), item, reconcileId);
      }
      this.queue.retry(key, isKernelError(failed) ? failed.retryAfterMs : 0, lane);
      return result;
    }
  }

  #classify(failed: unknown, key: ObjectKey): 'conflict' | 'lease_lost' | 'error' {
    if (isKernelError(failed, 'LeaseLost')) return 'lease_lost';
    // Somebody else wrote first, and our watch brings the newer state. Only several in a row are an error.
    const isRace = isKernelError(failed, 'Conflict', 'AlreadyExists') && this.queue.failures(key) < quietConflicts;
    return isRace ? 'conflict' : 'error';
  }

  #hurryOthers(): void {
    const now = this.#clock.steadyNow();
    if (now - this.#hurriedMs < hurryEveryMs) return;
    this.#hurriedMs = now;
    this.queue.hurryRetries();
  }
}
