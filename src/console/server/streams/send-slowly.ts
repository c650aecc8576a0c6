/** Sends to a WebSocket no faster than the other side takes it, so that nothing piles up in memory. */
import type WebSocket from 'ws';
import type { Clock } from '../../../kernel/index.ts';
import type { HeldByStream } from './held-bytes.ts';

/** What may wait to be taken. A list of 500 objects is about so large. */
export const maxUnsentBytes = 1024 * 1024;
/** A browser that takes nothing for so long has gone, or will never keep up. */
const stallLimitMs = 60_000;

interface SendOptions {
  readonly isBinary: boolean;
  readonly held: HeldByStream;
  readonly clock: Clock;
}

/** Resolves when more may be sent; false when the other side has taken nothing for too long, holds up too much, or has gone. */
export async function sendSlowly(
  socket: WebSocket,
  data: Buffer | string,
  { isBinary, held, clock }: SendOptions,
): Promise<boolean> {
  if (socket.readyState !== socket.OPEN || !held.set(socket.bufferedAmount + data.length)) return false;
  const taken = new Promise<boolean>((resolve) => {
    const cancel = clock.schedule(() => resolve(false), stallLimitMs);
    socket.send(data, { binary: isBinary }, (error) => {
      cancel();
      held.set(socket.bufferedAmount);
      resolve(!(error instanceof Error));
    });
  });
  return socket.bufferedAmount < maxUnsentBytes ? true : taken;
}
