/**
 * The Lease as one process takes, renews and releases it. It decides whether the lease may be taken; when to try is decided by
 * leader-election.ts.
 *
 * Promises: a lease that another holds is not written; one whose answer was lost is recognised as ours; `heldSince` is the moment
 * before the sending of the last write that succeeded.
 */
import { defined } from '../defined.ts';
import type { KubeClient } from './client.ts';
import type { Clock } from './clock.ts';
import { isKernelError } from './errors.ts';
import { leases, microTime, type Lease } from './lease.ts';
import type { Moment, TwoClocks } from './two-clocks.ts';

interface LeaseHolderOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  /** See `LeaderElectorOptions`. */
  readonly isSuccessor?: boolean;
  readonly clock: Clock;
  readonly clocks: TwoClocks;
  /** How long others wait after the last renewal that they saw. */
  readonly leaseDurationMs: number;
  /** Called with the moment of each renewal, and with undefined when the lease is not ours any more. */
  readonly onRenewed?: ((at: Moment | undefined) => void) | undefined;
}

export class LeaseHolder {
  readonly #options: LeaseHolderOptions;
  /** The lease as last read or written, and when its spec was first seen like that. */
  #observed: { readonly lease: Lease; readonly at: Moment } | undefined;
  #heldSince: Moment | undefined;
  /** From our first try on, a lease with our name is ours, also where the answer to the write was lost. */
  #hasTried: boolean;

  constructor(options: LeaseHolderOptions) {
    this.#options = options;
    this.#hasTried = options.isSuccessor ?? false;
  }

  /** When the last renewal that succeeded was sent; undefined = we do not hold the lease. */
  get heldSince(): Moment | undefined {
    return this.#heldSince;
  }

  /** From now on we do not hold it, whatever the API server says. */
  drop(): void {
    this.#setHeldSince(undefined);
  }

  /** Takes or renews it. Rejects with the error of the API server, as Conflict where somebody wrote between our read and our write. */
  async takeOrRenew(signal: AbortSignal): Promise<'ours' | 'others'> {
    const { client, namespace, name } = this.#options;
    if (this.#heldSince !== undefined && this.#observed !== undefined) {
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
    const durationMs = seconds === undefined ? this.#options.leaseDurationMs : seconds * 1000;
    return this.#observed === undefined || this.#options.clocks.shortestSince(this.#observed.at) < durationMs;
  }

  async #write(former: Lease | undefined, signal: AbortSignal): Promise<void> {
    const { client, namespace, name, identity } = this.#options;
    const sentAt = this.#options.clocks.moment();
    const time = microTime(this.#options.clock.now());
    const isRenewal = this.#hasTried && former?.spec?.holderIdentity === identity;
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#options.leaseDurationMs / 1000),
      acquireTime: isRenewal ? (former.spec.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: former === undefined ? 0 : (former.spec?.leaseTransitions ?? 0) + (isRenewal ? 0 : 1),
    };
    this.#hasTried = true;
    const written =
      former === undefined
        ? await client.create(leases, { metadata: { namespace, name }, spec }, { signal })
        : await client.replace(leases, { ...former, spec }, { signal });
    this.#setHeldSince(sentAt);
    this.#observe(written);
  }

  /** Lets another process have the lease at once. Rejects where the API server did not accept that; the lease then runs out by itself. */
  async release(signal: AbortSignal): Promise<void> {
    const held = this.#observed?.lease;
    if (held === undefined) return;
    try {
      await this.#writeReleased(held, signal);
    } catch (error) {
      if (!isKernelError(error, 'Conflict')) throw error;
      // A renewal that was under way when we stopped may have been done: then the lease is ours in a newer version.
      const { client, namespace, name, identity } = this.#options;
      const lease = await client.get(leases, { namespace, name }, { signal });
      if (lease?.spec?.holderIdentity === identity) await this.#writeReleased(lease, signal);
    }
  }

  async #writeReleased(lease: Lease, signal: AbortSignal): Promise<void> {
    const { acquireTime, leaseTransitions } = lease.spec ?? {};
    const spec = {
      leaseDurationSeconds: 1,
      renewTime: microTime(this.#options.clock.now()),
      ...defined({ acquireTime, leaseTransitions }),
    };
    this.#observe(await this.#options.client.replace(leases, { ...lease, spec }, { signal }));
  }

  #setHeldSince(at: Moment | undefined): void {
    this.#heldSince = at;
    this.#options.onRenewed?.(at);
  }

  #observe(lease: Lease): void {
    const isSame = JSON.stringify(this.#observed?.lease.spec) === JSON.stringify(lease.spec);
    this.#observed = {
      lease,
      at: isSame && this.#observed !== undefined ? this.#observed.at : this.#options.clocks.moment(),
    };
  }
}
