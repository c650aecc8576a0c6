/** A WebSocket of a browser that is being served. */
import type { Duplex } from 'node:stream';
import type WebSocket from 'ws';
import type { Clock } from '../../../kernel/index.ts';
import { closeCodeOf } from '../errors.ts';
import type { ForwardedTarget } from '../proxy/forwarded-target.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import type { EndStream } from '../sessions/open-streams.ts';
import type { HeldBytes } from './held-bytes.ts';
import { closeSocket } from './socket-closing.ts';
import type { StreamKeeper } from './stream-keeper.ts';

export interface ServedStream {
  readonly socket: WebSocket;
  readonly connection: Duplex;
  readonly session: UserSession;
  readonly target: ForwardedTarget;
  readonly keeper: StreamKeeper;
  readonly held: HeldBytes;
  readonly userAgent: string;
  readonly clock: Clock;
}

/** Closes the socket with the reason, and aborts what is under way for it. */
export function endOf({ socket, clock }: Pick<ServedStream, 'socket' | 'clock'>, over: AbortController): EndStream {
  return (reason) => {
    closeSocket(socket, clock, closeCodeOf(reason), reason.message);
    over.abort(reason);
  };
}
