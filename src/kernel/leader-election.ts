/**
 * At most one process leads: the one that holds the Lease.
 *
 * Promises: `isLeader()` turns false by the passing of time alone, `renewDeadlineMs` after the sending of the last
 * renewal that succeeded, so it is false before anybody else may take the lease (`leaseDurationMs` after they saw it);
 * renewal goes on whatever the work does; a lease that is seen in other hands is given up at once; a clean stop
 * releases it, so that the next process leads at once; a failure of the API server never ends `run`.
 * Caller's duty: `identity` is unique to this process (a Pod's name and a random part); the client given here has no
 * guard of its own; the work ends soon after its signal is aborted.
 * Not promised: that a request which was sent while we led reaches the server before another leads; and nothing when
 * somebody deletes the Lease, or when a client of another kind ignores it.
 * Two clocks are read, because each lies in its own way: the wall clock is set back and forth, the steady one stands
 * still while a machine sleeps. We lead only while both say so, and take a lease only when both say that it has run out.
 */
import { defined } from '../defined.ts';
import { KernelError, isKernelError } from './errors.ts';
import type { KubeClient } from './client.ts';
import { sleep, systemClock, type Clock } from './clock.ts';
import { leases, microTime, type Lease } from './lease.ts';
import { TwoClocks, type Moment } from './two-clocks.ts';

export interface LeaderElectorOptions {
  /** With a `Transport` of its own, so that a renewal never waits behind the requests of the work. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly clock?: Clock;
  /** Milliseconds that never go back. Default: the platform's, or `clock` where one is given. */
  readonly steadyNow?: () => number;
  readonly random?: () => number;
  /** How long others wait after the last renewal that they saw. */
  readonly leaseDurationMs?: number;
  /** How long we lead after the last renewal that succeeded. */
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
  /** Called with the moment of each renewal, and with undefined when the lease is not ours any more. */
  readonly onRenewed?: (at: Moment | undefined) => void;
  /** Told of renewals that failed and of work that did; never of the ordinary waiting for the lease. */
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
/** A release that has no answer by then is left to the lease's own end. */
const releaseTimeoutMs = 2_000;

export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #clock: Clock;
  readonly #clocks: TwoClocks;
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  /** The lease as last read or written, and when its spec was first seen like that. */
  #observed: { readonly lease: Lease; readonly at: Moment } | undefined;
  /** When the last renewal that succeeded was sent; undefined = we do not hold the lease. */
  #renewedAt: Moment | undefined;
  /** From our first try on, a lease with our name is ours, also where the answer to the write was lost. */
  #hasTried = false;
  #hasAnswer = false;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#clocks = new TwoClocks(options.clock, options.steadyNow);
    this.#leaseDurationMs = options.leaseDurationMs ?? defaultLeaseDurationMs;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? defaultRenewDeadlineMs;
    this.#retryPeriodMs = options.retryPeriodMs ?? defaultRetryPeriodMs;
    if (!(
      this.#leaseDurationMs > this.#renewDeadlineMs && this.#renewDeadlineMs > this.#retryPeriodMs * (1 + retryJitter)
    )) {
      throw new RangeError(
        `leader election needs leaseDurationMs > renewDeadlineMs > 1.2 * retryPeriodMs, found ` +
          `${this.#leaseDurationMs}, ${this.#renewDeadlineMs} and ${this.#retryPeriodMs}`,
      );
    }
  }

  isLeader(): boolean {
    return this.#renewedAt !== undefined && this.#clocks.longestSince(this.#renewedAt) < this.#renewDeadlineMs;
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
      await this.#pause(this.#retryPeriodMs * (1 + retryJitter * (this.#options.random ?? Math.random)()), signal);
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
    this.#setRenewedAt(undefined);
    if (mayRelease) await this.#release();
    callbacks.onStoppedLeading?.();
    await work;
  }

  /** Renews until leading is over, and then sees to it that `leading` is aborted. */
  async #renew(leading: AbortController): Promise<void> {
    let cancelDeadline = this.#abortAtDeadline(leading);
    while (!isAborted(leading.signal)) {
      await this.#pause(this.#retryPeriodMs, leading.signal);
      if (isAborted(leading.signal)) break;
      const outcome = await this.#attempt(leading.signal);
      if (outcome === 'others') this.#setRenewedAt(undefined);
      if (!this.isLeader()) leading.abort(lost());
      if (outcome !== 'ours') continue;
      cancelDeadline();
      cancelDeadline = this.#abortAtDeadline(leading);
    }
    cancelDeadline();
  }

  #abortAtDeadline(leading: AbortController): () => void {
    const leftMs =
      this.#renewedAt === undefined ? 0 : this.#renewDeadlineMs - this.#clocks.longestSince(this.#renewedAt);
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
    const timeout = new AbortController();
    const cancel = this.#clock.schedule(() => timeout.abort(new Error('no answer in time')), this.#renewDeadlineMs);
    try {
      const outcome = await this.#takeOrRenew(AbortSignal.any([signal, timeout.signal]));
      this.#hasAnswer = true;
      return outcome;
    } catch (error) {
      if (isAborted(signal)) return 'failed';
      // Somebody wrote between our read and our write; the next try reads again.
      if (!isKernelError(error, 'Conflict', 'AlreadyExists')) this.#report(error);
      return 'failed';
    } finally {
      cancel();
    }
  }

  async #takeOrRenew(signal: AbortSignal): Promise<'ours' | 'others'> {
    const { client, namespace, name } = this.#options;
    if (this.#renewedAt !== undefined && this.#observed !== undefined) {
      try {
        await this.#write(this.#observed.lease, signal);
        return 'ours';
      } catch (error) {
        if (!isKernelError(error, 'Conflict', 'NotFound')) throw error;
        // Somebody changed or deleted it: look who holds it now.
      }
    }
    const lease = await client.get(leases, { namespace, name }, { signal });
    if (lease === undefined) {
      await this.#write(undefined, signal);
      return 'ours';
    }
    this.#observe(lease);
    if (this.#isHeldByOther(lease)) return 'others';
    await this.#write(lease, signal);
    return 'ours';
  }

  #isHeldByOther(lease: Lease): boolean {
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder === '' || (holder === this.#options.identity && this.#hasTried)) return false;
    const seconds = lease.spec?.leaseDurationSeconds;
    const durationMs = seconds === undefined ? this.#leaseDurationMs : seconds * 1000;
    return this.#observed === undefined || this.#clocks.shortestSince(this.#observed.at) < durationMs;
  }

  async #write(former: Lease | undefined, signal: AbortSignal): Promise<void> {
    const { client, namespace, name, identity } = this.#options;
    const sentAt = this.#clocks.moment();
    const time = microTime(this.#clock.now());
    const isRenewal = this.#hasTried && former?.spec?.holderIdentity === identity;
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000),
      acquireTime: isRenewal ? (former.spec.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: former === undefined ? 0 : (former.spec?.leaseTransitions ?? 0) + (isRenewal ? 0 : 1),
    };
    this.#hasTried = true;
    const written =
      former === undefined
        ? await client.create(leases, { metadata: { namespace, name }, spec }, { signal })
        : await client.replace(leases, { ...former, spec }, { signal });
    this.#setRenewedAt(sentAt);
    this.#observe(written);
  }

  async #release(): Promise<void> {
    const lease = this.#observed?.lease;
    if (lease === undefined) return;
    const timeout = new AbortController();
    const { signal } = timeout;
    const cancel = this.#clock.schedule(() => timeout.abort(new Error('no answer in time')), releaseTimeoutMs);
    try {
      await this.#writeReleased(lease, signal);
    } catch (error) {
      if (!isKernelError(error, 'Conflict')) {
        // It runs out by itself.
        this.#report(error);
        return;
      }
      await this.#releaseAsItIs(signal);
    } finally {
      cancel();
    }
  }

  /** A renewal that was under way when we stopped may have been done: then the lease is ours in a newer version. */
  async #releaseAsItIs(signal: AbortSignal): Promise<void> {
    const { client, namespace, name, identity } = this.#options;
    try {
      const lease = await client.get(leases, { namespace, name }, { signal });
      if (lease?.spec?.holderIdentity === identity) await this.#writeReleased(lease, signal);
    } catch (error) {
      this.#report(error);
    }
  }

  async #writeReleased(lease: Lease, signal: AbortSignal): Promise<void> {
    const { acquireTime, leaseTransitions } = lease.spec ?? {};
    const spec = {
      leaseDurationSeconds: 1,
      renewTime: microTime(this.#clock.now()),
      ...defined({ acquireTime, leaseTransitions }),
    };
    this.#observe(await this.#options.client.replace(leases, { ...lease, spec }, { signal }));
  }

  #setRenewedAt(at: Moment | undefined): void {
    this.#renewedAt = at;
    this.#options.onRenewed?.(at);
  }

  #observe(lease: Lease): void {
    const isSame = JSON.stringify(this.#observed?.lease.spec) === JSON.stringify(lease.spec);
    this.#observed = { lease, at: isSame && this.#observed !== undefined ? this.#observed.at : this.#clocks.moment() };
  }

  #report(error: unknown): void {
    this.#options.onError?.(error instanceof Error ? error : new Error(String(error)));
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    try {
      await sleep(delayMs, { clock: this.#clock, signal });
    } catch {
      // Only an abort ends a sleep early; the loop's condition sees it.
    }
  }
}

/** For `KubeClient`'s `beforeWrite`. */
export function notLeading({ namespace, name }: { readonly namespace: string; readonly name: string }): KernelError {
  return new KernelError('LeaseLost', `not written: this process does not hold the lease ${namespace}/${name} now`);
}

/** A call, because the compiler believes that `aborted` cannot change between two reads. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function lost(): KernelError {
  return new KernelError('LeaseLost', 'the lease was not renewed in time, or is in other hands');
}
