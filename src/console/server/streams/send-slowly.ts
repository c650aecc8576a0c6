/** Sends to a WebSocket no faster than the other side takes it, so that nothing piles up in memory. */
import type WebSocket from 'ws';
import type { HeldByStream } from './held-bytes.ts';

/** What may wait to be taken. A list of 500 objects is about so large. */
export const maxUnsentBytes = 1024 * 1024;
/** A browser that takes nothing for so long has gone, or will never keep up. */
const stallLimitMs = 60_000;

/** Resolves when more may be sent; false when the other side has taken nothing for too long, holds up too much, or has gone. */
export async function sendSlowly(
  socket: WebSocket,
  data: Buffer | string,
  { isBinary, held }: { readonly isBinary: boolean; readonly held: HeldByStream },
): Promise<boolean> {
  if (socket.readyState !== socket.OPEN || !held.set(socket.bufferedAmount + data.length)) return false;
  const taken = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), stallLimitMs);
    socket.send(data, { binary: isBinary }, (error) => {
      clearTimeout(timer);
      held.set(socket.bufferedAmount);
      resolve(!(error instanceof Error));
    });
  });
  return socket.bufferedAmount < maxUnsentBytes ? true : taken;
}
