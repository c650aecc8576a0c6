/**
 * A terminal: bytes pass both ways as they are, between the browser's WebSocket and one to the API server.
 *
 * Promise: nobody is connected who may not `create` the subresource, whatever the API server's version takes a GET for; a slow side slows
 * the other down; it ends when the right ends, keystrokes or none.
 */
import type WebSocket from 'ws';
import { isKernelError } from '../../../kernel/index.ts';
import { openApiSocket } from '../../../streams/index.ts';
import { closeCodes, terminalProtocol } from '../../contract.ts';
import { ConsoleError, isConsoleError } from '../errors.ts';
import type { RequestGate } from '../proxy/request-gate.ts';
import { mayI } from '../proxy/reviews.ts';
import { accessOf } from '../proxy/user-client.ts';
import { noAccess } from './access-watch.ts';
import type { HeldByStream } from './held-bytes.ts';
import { maxUnsentBytes } from './send-slowly.ts';
import { endOf, type ServedStream } from './served-stream.ts';
import { closeSocket } from './socket-closing.ts';
import { tooMuch } from './whole-lines.ts';

interface ServedTerminal extends ServedStream {
  /** The question whether there may be a terminal is one of the requests of its user. */
  readonly gate: RequestGate;
}

/** Resolves when it is connected, or has failed. Never rejects. */
export async function serveTerminal(served: ServedTerminal): Promise<void> {
  const { socket, connection, session, target, keeper, held, gate, userAgent, clock } = served;
  const over = new AbortController();
  const end = endOf(served, over);
  let release = (): void => undefined;
  socket.once('close', () => {
    release();
    over.abort(new ConsoleError('NotFound', 'The browser has gone.'));
  });
  // Until there is somewhere for keystrokes to go.
  socket.pause();
  try {
    const credentials = await session.credentials(target.context);
    // Counted before the question, so that nobody has more of them waiting.
    release = keeper.keep(session, target, end, { connection });
    const question = (): Promise<boolean> => mayI(credentials, target.attributes, over.signal);
    if (!(await gate.run(session.user, over.signal, question))) throw noAccess();
    const upstream = await openApiSocket({
      access: accessOf(credentials),
      path: target.path,
      query: target.query,
      protocols: [terminalProtocol],
      userAgent,
      clock,
      signal: over.signal,
    });
    upstream.once('close', (code) => {
      release();
      const ending = code === 1000 || code === 1005 ? 1000 : closeCodes.upstreamGone;
      closeSocket(socket, clock, ending, 'The terminal has ended.');
    });
    const endTooSlow = (): void => end(tooMuch());
    pump(upstream, socket, held.open(session.user), endTooSlow);
    pump(socket, upstream, held.open(session.user), endTooSlow);
  } catch (error) {
    if (!over.signal.aborted) end(asConsoleError(error));
    release();
  }
}

/** Passes messages on. It pauses the sender while the other side has too much to read. */
function pump(from: WebSocket, to: WebSocket, held: HeldByStream, endTooSlow: () => void): void {
  for (const socket of [from, to]) socket.once('close', () => held.close());
  from.on('message', (data: Buffer, isBinary: boolean) => {
    if (to.readyState !== to.OPEN) return;
    to.send(data, { binary: isBinary }, () => {
      held.set(to.readyState === to.OPEN ? to.bufferedAmount : 0);
      if (from.isPaused && to.bufferedAmount < maxUnsentBytes / 2) from.resume();
    });
    if (!held.set(to.bufferedAmount)) endTooSlow();
    if (to.bufferedAmount > maxUnsentBytes) from.pause();
  });
  from.resume();
}

function asConsoleError(error: unknown): ConsoleError {
  if (isConsoleError(error)) return error;
  if (isKernelError(error, 'Network', 'Timeout') || !isKernelError(error)) {
    return new ConsoleError(
      'ApiServerUnreachable',
      'The terminal cannot be reached: the API server or the node is away.',
      {
        cause: error,
      },
    );
  }
  // The API server's own sentence: the Pod is not there, or does not run.
  return new ConsoleError('NotFound', error.message.replace(/^GET \S+: \d+ /, ''), { cause: error });
}
