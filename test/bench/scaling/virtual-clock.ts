/** Time that jumps to whatever falls due next, with a heap of timers, so that a million of them cost seconds. */
import type { Clock } from '../../../src/kernel/index.ts';

interface Timer {
  readonly dueMs: number;
  /** Of two that are due at the same time the one that was set first fires first. */
  readonly order: number;
  callback: (() => void) | undefined;
}

export class VirtualClock implements Clock {
  #nowMs = 0;
  #orders = 0;
  /** Invariant: a binary heap, the next timer first. */
  readonly #heap: Timer[] = [];

  now(): number {
    return this.#nowMs;
  }

  steadyNow(): number {
    return this.#nowMs;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const timer: Timer = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#orders++, callback };
    this.#push(timer);
    return () => (timer.callback = undefined);
  }

  sleep(forMs: number): Promise<void> {
    return new Promise((resolve) => void this.schedule(resolve, forMs));
  }

  /** Lets time pass until it is so. Everything that waits waits for this clock, so nothing happens between two timers. */
  async runUntil(isSo: () => boolean): Promise<void> {
    await drained();
    while (!isSo()) {
      const timer = this.#pop();
      if (timer === undefined) throw new Error('nothing is left to happen');
      this.#nowMs = timer.dueMs;
      timer.callback?.();
      await drained();
    }
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) break;
      index = parent;
    }
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = right < heap.length && isEarlier(heap[right], heap[left]) ? right : left;
      if (child >= heap.length || !this.#swapIfEarlier(child, index)) return first;
      index = child;
    }
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    const [a, b] = [this.#heap[child], this.#heap[parent]];
    if (a === undefined || b === undefined || !isEarlier(a, b)) return false;
    this.#heap[child] = b;
    this.#heap[parent] = a;
    return true;
  }
}

function isEarlier(a: Timer | undefined, b: Timer | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.dueMs === b.dueMs ? a.order < b.order : a.dueMs < b.dueMs;
}

/** All promises that can go on have gone on. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
