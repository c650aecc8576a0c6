/**
 * Connections to one job for one session, used again by the requests that follow.
 * Promise: at most `maxConnections` at once; requests wait for their turn; what nobody uses is closed soon.
 */
import { Agent, type ClientRequest, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';

/** As a browser has over HTTP/1.1, and two for what stays open. WebSockets have connections of their own. */
const maxConnections = 8;
/** Long enough for the next click. */
const freeLimitMs = 15_000;

type Connected = (error: Error | null, connection?: Duplex) => void;

export class PodAgent extends Agent {
  readonly #connect: () => Promise<Duplex>;
  readonly #free = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(connect: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections });
    this.#connect = connect;
  }

  // The types know sockets of the machine alone.
  override createConnection(_options: ClientRequestArgs, done?: (error: Error | null, stream: Duplex) => void): null {
    const told = done as Connected | undefined;
    this.#connect().then(
      (connection) => told?.(null, Object.assign(connection, { ref: () => connection })),
      (error: unknown) => told?.(error instanceof Error ? error : new Error(String(error))),
    );
    return null;
  }

  override keepSocketAlive(connection: Duplex): boolean {
    // So that the end is noticed when the job closes it meanwhile.
    connection.resume();
    this.#free.set(connection, setTimeout(() => connection.destroy(), freeLimitMs).unref());
    return true;
  }

  override reuseSocket(connection: Duplex, request: ClientRequest): void {
    clearTimeout(this.#free.get(connection));
    // It also removes the listener that the agent has added while the connection was free.
    super.reuseSocket(connection, request);
  }
}
