/**
 * At most one process leads: the one that holds the Lease.
 *
 * Promises: `isLeader()` turns false by the passing of time alone, `renewDeadlineMs` after the sending of the last
 * renewal that succeeded, so it is false before anybody else may take the lease (`leaseDurationMs` after they saw it);
 * renewal goes on whatever the work does; a lease that is seen in other hands is given up at once; a clean stop
 * releases it, so that the next process leads at once; a failure of the API server never ends `run`.
 * Caller's duty: `identity` is unique to this process (such as its Pod's name, process ID and start time); the client given here has no
 * guard of its own; the work ends soon after its signal is aborted.
 * Not promised: that a request which was sent while we led reaches the server before another leads; and nothing when
 * somebody deletes the Lease, or when a client of another kind ignores it.
 * Two clocks are read, because each lies in its own way: the wall clock is set back and forth, the steady one stands
 * still while a machine sleeps. We lead only while both say so, and take a lease only when both say that it has run out.
 */
import { isAborted } from './abort.ts';
import { KernelError, asError, isKernelError } from './errors.ts';
import type { KubeClient } from './client.ts';
import { pause, systemClock, type Clock } from './clock.ts';
import { LeaseHolder } from './lease-holder.ts';
import { withTimeLimit } from './time-limit.ts';
import { TwoClocks, type Moment } from './two-clocks.ts';

export interface LeaderElectorOptions {
  /** It has a `Transport` of its own, so that a renewal never waits behind the requests of the work. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  /** Another elector of this process, which has ended, sought the lease before with the same identity: a lease with it is ours, and is renewed at once. */
  readonly isSuccessor?: boolean;
  readonly clock?: Clock;
  /** Milliseconds that never go back. Default: those of `clock`. */
  readonly steadyNow?: () => number;
  readonly random?: () => number;
  /** How long others wait after the last renewal that they saw. */
  readonly leaseDurationMs?: number;
  /** How long we lead after the last renewal that succeeded. */
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
  /** Called with the moment of each renewal, and with undefined when the lease is not ours any more. */
  readonly onRenewed?: (at: Moment | undefined) => void;
  /** Called when a renewal fails or the work does; never while this process only waits for the lease. */
  readonly onError?: (error: Error) => void;
}

/** What is done while the lease is ours. */
export interface LeadingCallbacks {
  /** The work. Its signal is aborted when leading ends. When it rejects, the lease is released and sought again. */
  readonly onStartedLeading: (signal: AbortSignal) => void | Promise<void>;
  readonly onStoppedLeading?: () => void;
}

/** `unknown` until the API server has answered once. */
export type LeaderRole = 'unknown' | 'standby' | 'leader';

/** The figures of client-go: the margin of 5 s covers requests under way and a stalled process. */
const defaultLeaseDurationMs = 15_000;
export const defaultRenewDeadlineMs = 10_000;
const defaultRetryPeriodMs = 2_000;
/** Standbys try at slightly different times. */
const retryJitter = 0.2;
/** A release without an answer after this time is given up: the lease runs out by itself. */
const releaseTimeoutMs = 2_000;

export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #clock: Clock;
  readonly #clocks: TwoClocks;
  readonly #holder: LeaseHolder;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  #hasAnswer = false;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#clocks = new TwoClocks(options.clock, options.steadyNow);
    const leaseDurationMs = options.leaseDurationMs ?? defaultLeaseDurationMs;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? defaultRenewDeadlineMs;
    this.#retryPeriodMs = options.retryPeriodMs ?? defaultRetryPeriodMs;
    const isOrdered =
      leaseDurationMs > this.#renewDeadlineMs && this.#renewDeadlineMs > this.#retryPeriodMs * (1 + retryJitter);
    if (!isOrdered) {
      throw new RangeError(
        `leader election needs leaseDurationMs > renewDeadlineMs > 1.2 * retryPeriodMs, found ` +
          `${leaseDurationMs}, ${this.#renewDeadlineMs} and ${this.#retryPeriodMs}`,
      );
    }
    this.#holder = new LeaseHolder({ ...options, clock: this.#clock, clocks: this.#clocks, leaseDurationMs });
  }

  isLeader(): boolean {
    const { heldSince } = this.#holder;
    return heldSince !== undefined && this.#clocks.longestSince(heldSince) < this.#renewDeadlineMs;
  }

  get role(): LeaderRole {
    return this.isLeader() ? 'leader' : this.#hasAnswer ? 'standby' : 'unknown';
  }

  /** For `KubeClient`'s `beforeWrite`: throws `LeaseLost` unless we lead at this moment. */
  guard(): () => void {
    return () => {
      if (this.isLeader()) return;
      throw notLeading(this.#options);
    };
  }

  /** Seeks the lease, leads, and seeks it again when it is lost, until `signal` is aborted. Never rejects. */
  async run(signal: AbortSignal, callbacks: LeadingCallbacks): Promise<void> {
    while (!isAborted(signal)) {
      const outcome = await this.#attempt(signal);
      if (outcome === 'ours') await this.#lead(signal, callbacks);
      const jitter = 1 + retryJitter * (this.#options.random ?? Math.random)();
      await pause(this.#retryPeriodMs * jitter, { clock: this.#clock, signal });
    }
  }

  async #lead(signal: AbortSignal, callbacks: LeadingCallbacks): Promise<void> {
    /** Aborted when leading ends, whatever the reason. */
    const leading = new AbortController();
    const stop = (): void => leading.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (isAborted(signal)) stop();
    const work = Promise.resolve()
      .then(() => callbacks.onStartedLeading(leading.signal))
      .catch((error: unknown) => {
        if (!isAborted(leading.signal)) this.#report(error);
        leading.abort(error);
      });
    await this.#renew(leading);
    signal.removeEventListener('abort', stop);
    // Writes under way may end while the lease is still ours; then, and only then, another may have it at once.
    const isWorkDone = await this.#endsWhileWeLead(work);
    const mayRelease = isWorkDone && this.isLeader();
    this.#holder.drop();
    if (mayRelease) await this.#release();
    callbacks.onStoppedLeading?.();
    await work;
  }

  /** Renews until leading is over. When it resolves, `leading` is aborted. */
  async #renew(leading: AbortController): Promise<void> {
    let cancelDeadline = this.#abortAtDeadline(leading);
    while (!isAborted(leading.signal)) {
      await pause(this.#retryPeriodMs, { clock: this.#clock, signal: leading.signal });
      if (isAborted(leading.signal)) break;
      const outcome = await this.#attempt(leading.signal);
      if (outcome === 'others') this.#holder.drop();
      if (!this.isLeader()) leading.abort(lost());
      if (outcome !== 'ours') continue;
      cancelDeadline();
      cancelDeadline = this.#abortAtDeadline(leading);
    }
    cancelDeadline();
  }

  #abortAtDeadline(leading: AbortController): () => void {
    const { heldSince } = this.#holder;
    const leftMs = heldSince === undefined ? 0 : this.#renewDeadlineMs - this.#clocks.longestSince(heldSince);
    return this.#clock.schedule(() => leading.abort(lost()), leftMs);
  }

  async #endsWhileWeLead(work: Promise<void>): Promise<boolean> {
    if (!this.isLeader()) return false;
    const deadline = new AbortController();
    const cancel = this.#abortAtDeadline(deadline);
    const isLate = new Promise<boolean>((resolve) => {
      deadline.signal.addEventListener('abort', () => resolve(false), { once: true });
    });
    const ended = await Promise.race([work.then(() => true), isLate]);
    cancel();
    return ended;
  }

  /** One try to get or keep the lease: `ours`, `others`, or `failed` when we do not know. */
  async #attempt(signal: AbortSignal): Promise<'ours' | 'others' | 'failed'> {
    const limit = { limitMs: this.#renewDeadlineMs, clock: this.#clock, signal };
    try {
      const outcome = await withTimeLimit(limit, (limited) => this.#holder.takeOrRenew(limited));
      this.#hasAnswer = true;
      return outcome;
    } catch (error) {
      if (isAborted(signal)) return 'failed';
      // Somebody wrote between our read and our write; the next try reads again.
      if (!isKernelError(error, 'Conflict', 'AlreadyExists')) this.#report(error);
      return 'failed';
    }
  }

  async #release(): Promise<void> {
    try {
      await withTimeLimit({ limitMs: releaseTimeoutMs, clock: this.#clock }, (signal) => this.#holder.release(signal));
    } catch (error) {
      // The lease runs out by itself.
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    this.#options.onError?.(asError(error));
  }
}

/** For `KubeClient`'s `beforeWrite`. */
export function notLeading({ namespace, name }: { readonly namespace: string; readonly name: string }): KernelError {
  return new KernelError('LeaseLost', `not written: this process does not hold the lease ${namespace}/${name} now`);
}

function lost(): KernelError {
  return new KernelError('LeaseLost', 'the lease was not renewed in time, or is in other hands');
}
