/**
 * Leader election whose renewals run in a thread of their own (lease-worker.ts), so that work on the main thread, however long,
 * does not lose the lease. The rule is the same as that of {@link LeaderElector}: we lead only while the last renewal was sent
 * less than `renewDeadlineMs` ago by both clocks, read from memory that the threads share.
 *
 * Promises: a thread that dies is started again as soon as the work has ended too, and renews the lease at once unless somebody else has
 * taken it; the work ends at the latest when the last renewal is too old.
 */
import type { Worker } from 'node:worker_threads';
import { defined } from '../defined.ts';
import type { Access } from './auth.ts';
import { pause, systemClock, type Clock } from './clock.ts';
import { asError } from './errors.ts';
import { defaultRenewDeadlineMs, notLeading, type LeaderRole, type LeadingCallbacks } from './leader-election.ts';
import type { LeaseCommand, LeaseEvent, LeaseThreadData } from './lease-messages.ts';
import { SharedMoment, steadyNowMs } from './shared-moment.ts';

/** How often the thread gets fresh credentials: as often as a transport asks for them. */
const credentialsEveryMs = 30_000;
/** A thread that died is started again after this. */
const restartMs = 2_000;
/** How often this thread checks that it still leads, in case the other thread is stuck or dead and reports nothing. */
const watchEveryMs = 250;

export interface ThreadedElectorOptions {
  readonly access: Access;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly userAgent: string;
  /** Starts the thread with lease-worker.ts; where that file is depends on the bundle. */
  readonly startThread: (data: LeaseThreadData) => Worker;
  /** Used only for timers. Whether we lead is decided by the clocks that both threads read. */
  readonly clock?: Clock;
  readonly onError?: (error: Error) => void;
}

export class ThreadedElector {
  readonly #options: ThreadedElectorOptions;
  readonly #clock: Clock;
  readonly #renewedAt = new SharedMoment();
  #hasAnswer = false;
  /** A thread of this process has sought the lease. Two never run at one time, so a lease with our identity is ours. */
  #hasSought = false;

  constructor(options: ThreadedElectorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  isLeader(): boolean {
    const at = this.#renewedAt.get();
    if (at === undefined) return false;
    return Math.max(Date.now() - at.wallMs, steadyNowMs() - at.steadyMs) < defaultRenewDeadlineMs;
  }

  get role(): LeaderRole {
    return this.isLeader() ? 'leader' : this.#hasAnswer ? 'standby' : 'unknown';
  }

  /** For `KubeClient`'s `beforeWrite`: throws `LeaseLost` unless we lead at this moment. */
  guard(): () => void {
    return () => {
      if (!this.isLeader()) throw notLeading(this.#options);
    };
  }

  /** Seeks the lease, leads, and seeks it again when it is lost, until `signal` is aborted. Never rejects. */
  async run(signal: AbortSignal, callbacks: LeadingCallbacks): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#runThread(signal, callbacks);
      } catch (error) {
        this.#report(error);
      }
      this.#renewedAt.set(undefined);
      await pause(restartMs, { clock: this.#clock, signal });
    }
  }

  /** Resolves or rejects when the thread has ended, and the work with it. */
  async #runThread(signal: AbortSignal, callbacks: LeadingCallbacks): Promise<void> {
    const { access, namespace, name, identity, userAgent, startThread } = this.#options;
    const credentials = await access.credentials();
    if (signal.aborted) return;
    const { server, proxyUrl } = access;
    const worker = startThread({
      server,
      ...defined({ proxyUrl }),
      credentials,
      namespace,
      name,
      identity,
      isSuccessor: this.#hasSought,
      userAgent,
      renewedAt: this.#renewedAt.buffer,
    });
    this.#hasSought = true;
    const send = (command: LeaseCommand): void => worker.postMessage(command);
    const stop = (): void => send({ type: 'stop' });
    signal.addEventListener('abort', stop, { once: true });
    const stopRefreshing = this.#every(credentialsEveryMs, () => {
      access.credentials().then(
        (fresh) => send({ type: 'credentials', credentials: fresh }),
        (error: unknown) => this.#report(error),
      );
    });
    let leading: AbortController | undefined;
    let work: Promise<void> = Promise.resolve();
    // A thread that is stuck or dead sends no message, so this thread reads the shared moment itself.
    const stopWatching = this.#every(watchEveryMs, () => {
      if (leading !== undefined && !this.isLeader()) leading.abort(notLeading(this.#options));
    });
    try {
      worker.on('message', (event: LeaseEvent) => {
        switch (event.type) {
          case 'answered':
            this.#hasAnswer = true;
            break;
          case 'started':
            leading = new AbortController();
            work = this.#work(leading, callbacks, send);
            break;
          case 'aborted':
            leading?.abort(notLeading(this.#options));
            break;
          case 'stopped':
            callbacks.onStoppedLeading?.();
            break;
          case 'error':
            this.#report(new Error(event.message));
            break;
          default:
            event satisfies never;
        }
      });
      await endOf(worker);
    } finally {
      stopRefreshing();
      stopWatching();
      signal.removeEventListener('abort', stop);
      leading?.abort(notLeading(this.#options));
      await work;
    }
  }

  async #work(
    leading: AbortController,
    callbacks: LeadingCallbacks,
    send: (command: LeaseCommand) => void,
  ): Promise<void> {
    let failed = false;
    try {
      await callbacks.onStartedLeading(leading.signal);
    } catch (error) {
      failed = true;
      if (!leading.signal.aborted) this.#report(error);
    }
    // Where only this thread saw the lease as lost (the clock was set, the machine slept), the other would hold it without any work.
    send({ type: 'ended', failed: failed || leading.signal.aborted });
  }

  /** Calls `act` after each period until the returned function is called. */
  #every(periodMs: number, act: () => void): () => void {
    const next = (): (() => void) =>
      this.#clock.schedule(() => {
        cancel = next();
        act();
      }, periodMs);
    let cancel = next();
    return () => cancel();
  }

  #report(error: unknown): void {
    this.#options.onError?.(asError(error));
  }
}

/** Resolves when the thread has ended, and rejects where it failed. */
function endOf(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: unknown;
    worker.once('error', (error: unknown) => (failure = error));
    worker.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(asError(failure ?? `the thread that holds the lease ended with code ${String(code)}`));
    });
  });
}
