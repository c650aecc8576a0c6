/**
 * Connections to one job for one session, used again by the requests that follow.
 * Promise: at most `maxConnections` at once; requests wait for their turn; what nobody uses is closed soon.
 */
import { Agent, type ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../kernel/index.ts';

/** The six connections that a browser opens over HTTP/1.1, and two for responses that stay open. WebSockets have connections of their own. */
const maxConnections = 8;
/** Long enough for the next click. */
const freeLimitMs = 15_000;

export class PodAgent extends Agent {
  readonly #connect: () => Duplex;
  readonly #clock: Clock;
  /** What keeps each free connection from being closed. */
  readonly #free = new WeakMap<Duplex, () => void>();

  /** `connect` returns at once, so that a connection counts from the moment that it is asked for, and is destroyed where it cannot be made. */
  constructor(connect: () => Duplex, clock: Clock) {
    super({ keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections });
    this.#connect = connect;
    this.#clock = clock;
  }

  /** Whether a request has a connection, or waits for one. */
  get isInUse(): boolean {
    // Requests that were given up stay in the queue until a connection is free.
    const waiting = Object.values(this.requests).flatMap((queue = []) => queue.filter(({ destroyed }) => !destroyed));
    return waiting.length > 0 || Object.values(this.sockets).some((used) => used?.length);
  }

  override createConnection(): Duplex {
    const connection = this.#connect();
    connection.once('close', () => this.#free.get(connection)?.());
    return Object.assign(connection, { ref: () => connection });
  }

  override keepSocketAlive(connection: Duplex): boolean {
    // So that the end is noticed when the job closes it meanwhile.
    connection.resume();
    this.#free.set(
      connection,
      this.#clock.schedule(() => connection.destroy(), freeLimitMs),
    );
    return true;
  }

  override reuseSocket(connection: Duplex, request: ClientRequest): void {
    this.#free.get(connection)?.();
    // It also removes the listener that the agent has added while the connection was free.
    super.reuseSocket(connection, request);
  }
}
