/** How a WebSocket to the browser is closed: a code, and a sentence that fits. */
import type WebSocket from 'ws';
import type { Clock } from '../../../kernel/index.ts';

/** A close frame holds 125 bytes, and two of them are the code. */
const maxReasonBytes = 123;
/** A browser that does not answer the close by then is cut off. */
const closeLimitMs = 5_000;

export function closeSocket(socket: WebSocket, clock: Clock, code: number, reason = ''): void {
  if (socket.readyState !== socket.OPEN) {
    socket.terminate();
    return;
  }
  // What waits to be taken, keystrokes' echoes of somebody who has lost the right, say, is not worth waiting for.
  socket.resume();
  socket.close(code, fitting(reason));
  const cancel = clock.schedule(() => socket.terminate(), closeLimitMs);
  socket.once('close', cancel);
}

function fitting(reason: string): string {
  let text = reason;
  while (Buffer.byteLength(text) > maxReasonBytes) text = `${text.slice(0, -4).trimEnd()}…`;
  return text;
}
