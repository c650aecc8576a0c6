/**
 * Which connections browsers have open, so that nobody without a session can take all of them.
 *
 * Promise: at the limit a new connection takes the place of another one. While more than a quarter never carried a request with a session, that is the
 * oldest of those; else the one whose last such request ended longest ago. A connection that is held is never closed.
 * Caller's duty: to `add` each connection, and to `hold` it while what one user may have a limited number of is under way on it.
 */
import type { Duplex } from 'node:stream';

/** Of all connections: those without a session are not closed for others while they are fewer. Somebody who logs in has to get through. */
const shareOfStrangers = 0.25;

export class OpenConnections {
  readonly #most: number;
  /** Never held; the oldest first. */
  readonly #strangers = new Set<Duplex>();
  /** Held before; the one that was let go longest ago first. */
  readonly #resting = new Set<Duplex>();
  /** How often each is held now. */
  readonly #held = new Map<Duplex, number>();

  constructor({ maxConnections }: { readonly maxConnections: number }) {
    this.#most = maxConnections;
  }

  get count(): number {
    return this.#strangers.size + this.#resting.size + this.#held.size;
  }

  add(connection: Duplex): void {
    if (connection.destroyed) return;
    connection.once('close', () => this.#forget(connection));
    this.#strangers.add(connection);
    if (this.count > this.#most) this.#closeOne();
  }

  /** What it returns lets go, once. */
  hold(connection: Duplex): () => void {
    if (!this.#isKnown(connection)) return () => undefined;
    const times = this.#held.get(connection) ?? 0;
    this.#forget(connection);
    this.#held.set(connection, times + 1);
    let isOver = false;
    return () => {
      const left = this.#held.get(connection);
      if (isOver || left === undefined) return;
      isOver = true;
      this.#forget(connection);
      if (left > 1) this.#held.set(connection, left - 1);
      else this.#resting.add(connection);
    };
  }

  #closeOne(): void {
    const areMany = this.#strangers.size > this.#most * shareOfStrangers;
    // The new one itself, where all others are held.
    const [oldest] = areMany || this.#resting.size === 0 ? this.#strangers : this.#resting;
    if (oldest === undefined) return;
    this.#forget(oldest);
    oldest.destroy();
  }

  #isKnown(connection: Duplex): boolean {
    return this.#strangers.has(connection) || this.#resting.has(connection) || this.#held.has(connection);
  }

  #forget(connection: Duplex): void {
    this.#strangers.delete(connection);
    this.#resting.delete(connection);
    this.#held.delete(connection);
  }
}
