/**
 * Pings, so that proxies do not forget the connection, and so that a browser that has gone is noticed.
 *
 * Promise: a connection is ended only after it brought nothing for `mostSilent` pings, nor took anything of what waits for it. On a slow link a ping waits
 * behind megabytes, and its answer comes late.
 */
import type { Clock } from '../../../kernel/index.ts';

/** Proxies forget silent connections, often after a minute. */
export const pingEveryMs = 25_000;
/** What is under way in buffers of the system, up to a few MiB, takes a minute at 500 kbit/s. */
export const mostSilent = 3;

/** A WebSocket, as far as it is needed here. */
interface Pinged {
  readonly isPaused: boolean;
  ping(): void;
  terminate(): void;
  on(event: 'pong' | 'message', listener: () => void): unknown;
  once(event: 'close', listener: () => void): unknown;
}
/** The connection under the WebSocket. */
interface Below {
  /** Bytes that the system has not taken yet. */
  readonly writableLength: number;
  /** Bytes that were written, the keep-alive pieces included. */
  readonly bytesWritten?: number;
}

export function keepAlive(socket: Pinged, connection: Below, clock: Clock): void {
  let silent = 0;
  let waiting = 0;
  let taken = 0;
  let cancel = (): void => undefined;
  for (const event of ['pong', 'message'] as const) socket.on(event, () => (silent = 0));
  const look = (): void => {
    const { writableLength, bytesWritten = 0 } = connection;
    // A ping alone is taken by the system, browser or none.
    const hasTaken = waiting > 0 && bytesWritten - writableLength > taken;
    [waiting, taken] = [writableLength, bytesWritten - writableLength];
    silent = hasTaken ? 0 : silent + 1;
    if (silent > mostSilent && !socket.isPaused) {
      socket.terminate();
      return;
    }
    socket.ping();
    cancel = clock.schedule(look, pingEveryMs);
  };
  cancel = clock.schedule(look, pingEveryMs);
  socket.once('close', () => cancel());
}
