/**
 * How slowly a browser may read a response while others need its place.
 *
 * Promise: the connection ends when `heldLimitMs` has passed in which something of the response waited here for the browser to take it, or for
 * the responses before it on the same connection.
 */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../kernel/index.ts';

const lookEveryMs = 1_000;

/** `heldLimitMs`: as things are now; see `RequestGate`. What it returns ends the watching; the caller's duty, when the response is over. */
export function watchReader(response: ServerResponse, clock: Clock, heldLimitMs: () => number): () => void {
  let unreadMs = 0;
  const look = (): void => {
    if (response.writableLength > 0) unreadMs += lookEveryMs;
    // A response that waits behind another one has no connection of its own yet, and keeps its bytes.
    if (unreadMs >= heldLimitMs()) response.req.socket.destroy();
    else cancel = clock.schedule(look, lookEveryMs);
  };
  let cancel = clock.schedule(look, lookEveryMs);
  return () => cancel();
}
