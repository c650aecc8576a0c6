/**
 * What has to be given back when a request is over. A response emits `close` once, and its browser can go away while something before is
 * awaited, such as the opening of a cookie: whoever listens after that never hears of it.
 */
import type { ServerResponse } from 'node:http';

/** Calls `act` once: when the answer has gone out or its browser has gone; now, where that was before. */
export function whenOver(response: ServerResponse, act: () => void): void {
  if (response.destroyed) act();
  else response.once('close', act);
}
