/**
 * A bound on how much each namespace may cause in a minute, in whatever is counted: bytes that are written, or objects. A namespace may take
 * all of it at once, and more as that drains away.
 *
 * Promise: an amount above the bound is let through too, and delays what comes after it. One namespace never delays another.
 */
import type { Clock } from '../kernel/index.ts';

interface NamespaceRateOptions {
  readonly perMinute: number;
  readonly clock: Clock;
  /** Called when a namespace has to wait. */
  readonly onRefused?: () => void;
}

const minuteMs = 60_000;

export class NamespaceRate {
  readonly #options: NamespaceRateOptions;
  /** Invariant: only namespaces with an amount that has not drained yet. */
  readonly #taken = new Map<string, { readonly amount: number; readonly atMs: number }>();

  constructor(options: NamespaceRateOptions) {
    this.#options = options;
  }

  /** Returns 0 if the amount is let through, and counts it. Otherwise the milliseconds until the caller may ask again. */
  take(namespace: string, amount: number): number {
    const waitMs = this.waitMs(namespace, amount);
    if (waitMs > 0) return waitMs;
    const nowMs = this.#options.clock.steadyNow();
    const before = this.#left(namespace, nowMs);
    if (before + amount > 0) this.#taken.set(namespace, { amount: before + amount, atMs: nowMs });
    return 0;
  }

  /** Returns what `take` would, and counts nothing: for callers that need several rates at once. */
  waitMs(namespace: string, amount: number): number {
    const { perMinute, clock, onRefused } = this.#options;
    const nowMs = clock.steadyNow();
    this.#forgetDrained(nowMs);
    const before = this.#left(namespace, nowMs);
    const excess = before + Math.min(amount, perMinute) - perMinute;
    if (before === 0 || excess <= 0) return 0;
    onRefused?.();
    return Math.ceil((excess * minuteMs) / perMinute);
  }

  #left(namespace: string, nowMs: number): number {
    const taken = this.#taken.get(namespace);
    if (taken === undefined) return 0;
    const drained = ((nowMs - taken.atMs) * this.#options.perMinute) / minuteMs;
    return Math.max(0, taken.amount - drained);
  }

  #forgetDrained(nowMs: number): void {
    for (const namespace of this.#taken.keys()) if (this.#left(namespace, nowMs) === 0) this.#taken.delete(namespace);
  }
}
