/**
 * Sends messages beside the work, one after the other, and never holds it up.
 *
 * Promises: `push` never throws and never waits; the queue, the messages of one namespace and those of all are bounded; a message is
 * tried a few times and then given up; each end of a message is counted. A namespace that makes too many gets the number of those that were
 * left out with its next one, and takes nothing from others.
 * Not promised: that a message arrives. It is sent once at most unless the receiver fails to confirm it.
 */
import {
  asError,
  backoffDelayMs,
  TokenBucket,
  TokenBuckets,
  type Backoff,
  type Clock,
  type NotificationResult,
} from '../../kernel/index.ts';
import type { Notification } from './messages.ts';

export type Sent =
  | { readonly is: 'sent' }
  /** The receiver does not want it. */
  | { readonly is: 'refused'; readonly why: string }
  /** It may want it later. */
  | { readonly is: 'failed'; readonly why: string; readonly afterMs?: number };

interface NotifierOptions {
  /** Whether somebody listens to that namespace. */
  readonly hasReceiver: (namespace: string) => boolean;
  readonly send: (message: Notification, signal: AbortSignal) => Promise<Sent>;
  readonly onResult: (result: NotificationResult) => void;
  /** `why` never holds an address. */
  readonly onProblem: (namespace: string, why: string) => void;
  readonly clock: Clock;
  readonly random?: () => number;
}

/** Messages that wait; each has at most about 1 KiB. */
const longestQueue = 1_000;
/** The most senders at once, each for another namespace: a receiver that hangs must not hold up the messages of other namespaces. */
const sendersAtOnce = 4;
/** A chat takes about one a second. */
const globalBurst = 20;
const globalRefillEveryMs = 1_000;
/** A sweep of jobs ends together; then two a minute. */
const namespaceBurst = 20;
const namespaceRefillEveryMs = 30_000;
/** Namespaces that are remembered; the one used longest ago is forgotten. */
const longestMemory = 4_096;
const maxTries = 4;
const backoff: Backoff = { baseMs: 2_000, limitMs: 60_000 };

interface Waiting {
  readonly message: Notification;
  readonly tries: number;
  readonly dueMs: number;
}

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #bucket: TokenBucket;
  readonly #namespaceBuckets: TokenBuckets;
  readonly #queue: Waiting[] = [];
  /** Undefined while this replica does not lead. */
  #signal: AbortSignal | undefined;
  /** Namespaces of the messages that are being sent. */
  readonly #sending = new Set<string>();
  #cancelTimer: () => void = () => undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
    const { clock } = options;
    this.#bucket = new TokenBucket({ burst: globalBurst, refillEveryMs: globalRefillEveryMs, clock });
    this.#namespaceBuckets = new TokenBuckets({
      burst: namespaceBurst,
      refillEveryMs: namespaceRefillEveryMs,
      mostKeys: longestMemory,
      clock,
    });
  }

  /** Messages are taken until `signal` is aborted; what waits then is dropped. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      if (this.#signal === signal) this.#signal = undefined;
      this.#queue.length = 0;
      this.#cancelTimer();
    });
  }

  push(message: Notification): void {
    const { hasReceiver, onResult, clock } = this.#options;
    if (this.#signal === undefined || !hasReceiver(message.namespace)) return;
    const isFull = this.#queue.length >= longestQueue;
    const leftOut = isFull ? undefined : this.#namespaceBuckets.take(message.namespace);
    if (isFull) this.#namespaceBuckets.refuse(message.namespace);
    if (leftOut === undefined) {
      onResult(isFull ? 'queue_full' : 'rate_limited');
      return;
    }
    const more = leftOut === 0 ? '' : ` (${String(leftOut)} earlier messages of this namespace were left out.)`;
    this.#queue.push({ message: { ...message, text: `${message.text}${more}` }, tries: 0, dueMs: clock.steadyNow() });
    this.#pump();
  }

  #pump(): void {
    const { clock } = this.#options;
    const signal = this.#signal;
    this.#cancelTimer();
    if (signal === undefined) return;
    while (this.#sending.size < sendersAtOnce) {
      const now = clock.steadyNow();
      const ready = this.#queue.filter(({ message: { namespace } }) => !this.#sending.has(namespace));
      if (ready.length === 0) return;
      const waiting = ready.find(({ dueMs }) => dueMs <= now);
      if (waiting === undefined) {
        const nextMs = Math.min(...ready.map(({ dueMs }) => dueMs));
        this.#cancelTimer = clock.schedule(() => this.#pump(), nextMs - now);
        return;
      }
      if (!this.#bucket.take()) {
        this.#cancelTimer = clock.schedule(() => this.#pump(), globalRefillEveryMs);
        return;
      }
      this.#queue.splice(this.#queue.indexOf(waiting), 1);
      const { namespace } = waiting.message;
      this.#sending.add(namespace);
      void this.#send(waiting, signal).finally(() => {
        this.#sending.delete(namespace);
        this.#pump();
      });
    }
  }

  async #send({ message, tries }: Waiting, signal: AbortSignal): Promise<void> {
    const { send, onResult, onProblem, clock, random } = this.#options;
    const sent = await send(message, signal).catch((error: unknown): Sent => ({ is: 'failed', why: wordFor(error) }));
    if (signal.aborted) return;
    if (sent.is === 'sent') {
      onResult('sent');
      return;
    }
    onProblem(message.namespace, sent.why);
    if (sent.is === 'refused' || tries + 1 >= maxTries || this.#queue.length >= longestQueue) {
      onResult(sent.is === 'refused' ? 'refused' : 'gave_up');
      return;
    }
    const delayMs = Math.max(backoffDelayMs(backoff, tries, random), sent.afterMs ?? 0);
    this.#queue.push({ message, tries: tries + 1, dueMs: clock.steadyNow() + delayMs });
  }
}

/** A code such as ECONNREFUSED, or a name such as TypeError. Never the message, which may name the address. */
export function wordFor(error: unknown): string {
  const { name, code } = asError(error) as Error & { readonly code?: unknown };
  if (name === 'TimeoutError') return 'no answer in time';
  return typeof code === 'string' ? code : name;
}
