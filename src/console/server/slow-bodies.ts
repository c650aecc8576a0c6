/**
 * How slowly the body of a request may come. Node's own limit is one for the whole request, in which a slow link cannot send a large value.
 *
 * Promise: a body that its sender holds up ends when it comes at less than `leastBytesPerSecond`, after the first `graceMs`; and when another user waits
 * for its place, after what `RequestGate` says.
 * Time counts only while this server is ready to take more: not while a request waits for its turn, nor while a job reads slowly.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../kernel/index.ts';
import { ConsoleError } from './errors.ts';

const lookEveryMs = 1_000;
/** Time for small bodies, and for a connection that has just been opened. */
const graceMs = 10_000;
/** 64 kbit/s: the largest body takes six and a half minutes. */
const leastBytesPerSecond = 8 * 1024;
/** The longest time for a body to the console itself, however it is divided into chunks. Uploads to a job may take longer. */
const mostMs = 10 * 60_000;

interface WatchedBody {
  readonly hasHardBound: boolean;
  /** How long its place is left to it now. Undefined: it has none yet. */
  heldLimitMs?: () => number;
}

export class SlowBodies {
  readonly #clock: Clock;
  readonly #watched = new WeakMap<IncomingMessage, WatchedBody>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Call it before anything else reads the request. `isUpload`: the request is for a job, which takes bodies of any length. */
  watch(request: IncomingMessage, response: ServerResponse, { isUpload }: { readonly isUpload: boolean }): void {
    if (!hasBody(request)) return;
    const body: WatchedBody = { hasHardBound: !isUpload };
    this.#watched.set(request, body);
    const { socket } = request;
    const before = socket.bytesRead;
    let waitedMs = 0;
    const look = (): void => {
      if (request.complete || socket.destroyed) return;
      if (isSendersTurn(request)) waitedMs += lookEveryMs;
      const leastBytes = ((waitedMs - graceMs) / 1_000) * leastBytesPerSecond;
      const isSlow = socket.bytesRead - before < leastBytes || (body.hasHardBound && waitedMs >= mostMs);
      if (isSlow || waitedMs >= (body.heldLimitMs?.() ?? Infinity)) endSlow(socket, response);
      else this.#clock.schedule(look, lookEveryMs);
    };
    this.#clock.schedule(look, lookEveryMs);
  }

  /** Call it when the request has a place that others may wait for. */
  hasPlace(request: IncomingMessage, heldLimitMs: () => number): void {
    const body = this.#watched.get(request);
    if (body !== undefined) body.heldLimitMs = heldLimitMs;
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** False while something that has come is not taken here, and before anybody begins to read. */
function isSendersTurn(request: IncomingMessage): boolean {
  const isRead = request.readableFlowing !== null || request.listenerCount('readable') > 0;
  return isRead && request.readableLength === 0;
}

function endSlow(socket: Socket, response: ServerResponse): void {
  if (response.headersSent || response.socket === null) {
    socket.destroy();
    return;
  }
  const { status, body } = new ConsoleError(
    'RequestTooSlow',
    'The request came too slowly, and was not carried out: try again, over a faster connection or with a smaller value.',
  );
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      connection: 'close',
    })
    .end(JSON.stringify(body));
}
