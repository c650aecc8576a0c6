/**
 * The connections that browsers have open, limited so that neither people without a session nor a few users can take all of them.
 *
 * Promise: at the limit a new connection closes another one, the first that there is of:
 * 1. the oldest that never carried a request with a session, while more than a quarter are such;
 * 2. the one whose last request with a session ended longest ago;
 * 3. the newest of the user who holds the most. The only one that a user holds is never closed;
 * 4. the oldest that never carried a request with a session, which may be the new one.
 *
 * Caller's duty: to `add` each connection, and to `hold` it for a user while a request counts against what that user may have at a time.
 */
import type { Duplex } from 'node:stream';

/** The share of all connections below which those without a session are not closed for others, so that somebody can always log in. */
const shareOfStrangers = 0.25;

interface Held {
  readonly user: string;
  readonly times: number;
}

export class OpenConnections {
  readonly #most: number;
  /** Never held; the oldest first. */
  readonly #strangers = new Set<Duplex>();
  /** Held before; the one that was let go longest ago first. */
  readonly #resting = new Set<Duplex>();
  /** How often each is held now, and for whom; the newest last. */
  readonly #held = new Map<Duplex, Held>();

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
  hold(connection: Duplex, user: string): () => void {
    if (!this.#isKnown(connection)) return () => undefined;
    const times = this.#held.get(connection)?.times ?? 0;
    this.#forget(connection);
    this.#held.set(connection, { user, times: times + 1 });
    let isOver = false;
    return () => {
      const left = this.#held.get(connection);
      if (isOver || left === undefined) return;
      isOver = true;
      this.#forget(connection);
      if (left.times > 1) this.#held.set(connection, { ...left, times: left.times - 1 });
      else this.#resting.add(connection);
    };
  }

  #closeOne(): void {
    const areMany = this.#strangers.size > this.#most * shareOfStrangers;
    const [stranger] = this.#strangers;
    const [rested] = this.#resting;
    const closed = areMany ? stranger : (rested ?? this.#newestOfMost() ?? stranger);
    if (closed === undefined) return;
    this.#forget(closed);
    closed.destroy();
  }

  /** Undefined: no user holds more than one. */
  #newestOfMost(): Duplex | undefined {
    const counts = new Map<string, number>();
    for (const { user } of this.#held.values()) counts.set(user, (counts.get(user) ?? 0) + 1);
    const most = Math.max(2, ...counts.values());
    return [...this.#held].findLast(([, { user }]) => counts.get(user) === most)?.[0];
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
