/**
 * A bound on how many bytes one namespace may have written in a minute: as many as that at once, and then as they drain away.
 *
 * Promise: what is larger than the bound is written too, and delays what comes after it. One namespace never delays another.
 */
import type { Clock } from '../kernel/index.ts';

interface ByteRateOptions {
  readonly bytesPerMinute: number;
  readonly clock: Clock;
  /** Called when a namespace has to wait. */
  readonly onRefused?: () => void;
}

const minuteMs = 60_000;

export class ByteRate {
  readonly #options: ByteRateOptions;
  /** Invariant: only namespaces that wrote in the last minutes. */
  readonly #written = new Map<string, { readonly bytes: number; readonly atMs: number }>();

  constructor(options: ByteRateOptions) {
    this.#options = options;
  }

  /** 0: they are counted, and may be written. Otherwise milliseconds until it may be asked again. */
  take(namespace: string, bytes: number): number {
    const { bytesPerMinute, clock, onRefused } = this.#options;
    const nowMs = clock.steadyNow();
    this.#forgetDrained(nowMs);
    const before = this.#left(namespace, nowMs);
    if (before > 0 && before + Math.min(bytes, bytesPerMinute) > bytesPerMinute) {
      onRefused?.();
      const excess = before + Math.min(bytes, bytesPerMinute) - bytesPerMinute;
      return Math.ceil((excess * minuteMs) / bytesPerMinute);
    }
    if (before + bytes > 0) this.#written.set(namespace, { bytes: before + bytes, atMs: nowMs });
    return 0;
  }

  #left(namespace: string, nowMs: number): number {
    const written = this.#written.get(namespace);
    if (written === undefined) return 0;
    const drained = ((nowMs - written.atMs) * this.#options.bytesPerMinute) / minuteMs;
    return Math.max(0, written.bytes - drained);
  }

  #forgetDrained(nowMs: number): void {
    for (const namespace of this.#written.keys())
      if (this.#left(namespace, nowMs) === 0) this.#written.delete(namespace);
  }
}
