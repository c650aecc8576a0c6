/**
 * Limits the requests of one connection that are under way at once. Browsers and proxies send one at a time over HTTP/1.1. A client that
 * sends many and reads no response would keep a file or a buffer open for each, without a session and with a single packet.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { whenOver } from './when-over.ts';

/** One, and room for those whose end is noticed late. */
export const mostAtOnce = 8;

export class Pipelined {
  readonly #underWay = new WeakMap<Socket, number>();

  /** False: the connection had too many, and is closed. */
  add({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const count = this.#underWay.get(socket) ?? 0;
    if (socket.destroyed || count >= mostAtOnce) {
      socket.destroy();
      return false;
    }
    this.#underWay.set(socket, count + 1);
    whenOver(response, () => this.#underWay.set(socket, (this.#underWay.get(socket) ?? 1) - 1));
    return true;
  }
}
