/**
 * Runs what has to happen when a request is over. A response emits `close` only once. Its browser can go away while the server still awaits
 * something, such as the opening of a cookie; a listener that is added after that is never called.
 */
import type { ServerResponse } from 'node:http';

/** Calls `act` once: when the answer has gone out or its browser has gone; now, where that was before. */
export function whenOver(response: ServerResponse, act: () => void): void {
  if (response.destroyed) act();
  else response.once('close', act);
}
