/**
 * How slowly a browser may read a response while others need its place.
 *
 * Promise: the response ends when `heldLimitMs` has passed in which something waited here for the browser to take it.
 */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../kernel/index.ts';

const lookEveryMs = 1_000;

/** `heldLimitMs`: as things are now; see `RequestGate`. */
export function watchReader(response: ServerResponse, clock: Clock, heldLimitMs: () => number): void {
  let unreadMs = 0;
  const look = (): void => {
    if (response.destroyed) return;
    if (response.writableLength > 0) unreadMs += lookEveryMs;
    if (unreadMs >= heldLimitMs()) response.destroy();
    else clock.schedule(look, lookEveryMs);
  };
  clock.schedule(look, lookEveryMs);
}
