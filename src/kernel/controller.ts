/**
 * Runs a reconcile function for every key of a queue, several at a time.
 *
 * Promises: one reconcile a key at a time; every failure is retried with the key's own backoff, for ever; all requeue
 * policy stands in `#reconcile`. Caller's duty: `reconcile` is right from any state, ends soon after its signal is
 * aborted, and returns its wish instead of touching the queue.
 */
import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from './clock.ts';
import { TerminalError, isKernelError } from './errors.ts';
import type { ObjectKey } from './objects.ts';
import { WorkQueue, type Lane, type WorkItem } from './work-queue.ts';

/** What a reconcile wants next. A failure throws. */
export type Outcome = 'done' | { readonly requeueAfterMs: number };

export interface ReconcileContext {
  readonly signal: AbortSignal;
  /** Appears in every log line of this reconcile. */
  readonly reconcileId: string;
}

export type Reconcile = (key: ObjectKey, context: ReconcileContext) => Promise<Outcome>;

export type ReconcileResult = 'success' | 'requeue_after' | 'conflict' | 'lease_lost' | 'terminal_error' | 'error';

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
/** So many conflicts in a row are the ordinary course of things and are not reported as errors. */
const quietConflicts = 3;

export class Controller {
  readonly name: string;
  readonly queue: WorkQueue;
  /** Workers. */
  readonly concurrency: number;
  readonly #options: ControllerOptions;
  readonly #clock: Clock;

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.queue = options.queue ?? new WorkQueue(options.clock === undefined ? {} : { clock: options.clock });
    this.concurrency = options.concurrency ?? defaultConcurrency;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  enqueue(key: ObjectKey, lane: Lane = 'change'): void {
    this.queue.add(key, lane);
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
      const startedAt = this.#clock.now();
      const result = await this.#reconcile(item, signal);
      this.queue.done(item.key);
      this.#options.onReconciled?.(result, item, this.#clock.now() - startedAt);
    }
  }

  async #reconcile(item: WorkItem, signal: AbortSignal): Promise<ReconcileResult> {
    const { key } = item;
    const reconcileId = randomUUID();
    try {
      const outcome = await this.#options.reconcile(key, { signal, reconcileId });
      this.queue.forget(key);
      if (outcome === 'done') return 'success';
      this.queue.addAfter(key, outcome.requeueAfterMs);
      return 'requeue_after';
    } catch (failed) {
      if (signal.aborted) return 'success';
      const result = this.#classify(failed, key);
      if (result === 'error' || result === 'terminal_error') {
        this.#options.onError?.(failed instanceof Error ? failed : new Error(String(failed)), item, reconcileId);
      }
      switch (result) {
        case 'conflict':
        case 'lease_lost':
        case 'error':
          this.queue.retry(key, isKernelError(failed) ? failed.retryAfterMs : 0);
          break;
        case 'terminal_error':
          // Only a change or the periodic resync brings the key back.
          this.queue.forget(key);
          break;
        default:
          result satisfies never;
      }
      return result;
    }
  }

  #classify(failed: unknown, key: ObjectKey): 'conflict' | 'lease_lost' | 'terminal_error' | 'error' {
    if (isKernelError(failed, 'LeaseLost')) return 'lease_lost';
    if (failed instanceof TerminalError) return 'terminal_error';
    // Somebody else wrote first: our watch brings the newer state. Only when it goes on is it worth an error.
    const isRace = isKernelError(failed, 'Conflict', 'AlreadyExists') && this.queue.failures(key) < quietConflicts;
    return isRace ? 'conflict' : 'error';
  }
}
