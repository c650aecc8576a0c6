/**
 * Time that passes only when a test says so. The wall clock can be set (`jump`); timers follow the steady one, as those
 * of a real platform do.
 */
import type { Clock } from '../../src/kernel/index.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #steadyMs = 0;
  #wallOffsetMs = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<Timer>();

  /** Whole milliseconds, as `Date.now()`; timers fall due between them too. */
  now(): number {
    return Math.floor(this.#steadyMs + this.#wallOffsetMs);
  }

  readonly steadyNow = (): number => this.#steadyMs;

  schedule(callback: () => void, delayMs: number): () => void {
    const timer = { dueMs: this.#steadyMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  /** Sets the wall clock forward, or back; no timer fires. */
  jump(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** As a process that is stopped and goes on: time has passed, and no timer fired at its time. */
  stall(forMs: number): void {
    this.#steadyMs += forMs;
  }

  /** Fires what falls due, in order, and lets what it set off settle. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#steadyMs + byMs;
    await settle();
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#timers.delete(timer);
      this.#steadyMs = Math.max(this.#steadyMs, timer.dueMs);
      timer.callback();
      await settle();
    }
    this.#steadyMs = Math.max(this.#steadyMs, endMs);
  }

  #next(endMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}

/** Lets promises and streams of this process come to rest. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 8; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
