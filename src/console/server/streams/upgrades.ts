/**
 * WebSockets: every request to change the protocol comes here, and all but those of the contract are refused before anything is dialled.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parseCookie } from 'cookie';
import { WebSocketServer } from 'ws';
import type { Clock, Logger } from '../../../kernel/index.ts';
import { streamProtocol, terminalProtocol } from '../../contract.ts';
import { endConnection } from '../end-connection.ts';
import { ConsoleError, isConsoleError, noSession } from '../errors.ts';
import { factsOf, refusalOf, type Origins } from '../origin.ts';
import { forwardedTarget, type ForwardedTarget } from '../proxy/forwarded-target.ts';
import type { RequestGate } from '../proxy/request-gate.ts';
import type { Authenticator, UserSession } from '../sessions/authenticator.ts';
import type { HeldBytes } from './held-bytes.ts';
import { keepAlive } from './keep-alive.ts';
import { serveLongAnswer } from './long-answer.ts';
import type { StreamKeeper } from './stream-keeper.ts';
import { serveTerminal } from './terminal.ts';

/** The largest message from the browser: keystrokes, or a piece of pasted text. An incomplete message is in memory, and counts for no user. */
const maxTerminalMessageBytes = 64 * 1024;
/** A watch or a log takes nothing from the browser. */
const maxStreamMessageBytes = 1024;

interface UpgradeOptions {
  readonly authenticator: Authenticator;
  readonly origins: Origins;
  readonly keeper: StreamKeeper;
  readonly held: HeldBytes;
  readonly gate: RequestGate;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export function upgradeListener(
  options: UpgradeOptions,
): (request: IncomingMessage, connection: Duplex, head: Buffer) => void {
  const terminals = webSocketServer(terminalProtocol, maxTerminalMessageBytes);
  const streams = webSocketServer(streamProtocol, maxStreamMessageBytes);
  return (request, connection, head) => {
    connection.on('error', () => connection.destroy());
    accept(request, options).then(
      ({ target, session }) => {
        const sockets = target.kind === 'terminal' ? terminals : streams;
        sockets.handleUpgrade(request, connection, head, (socket) => {
          const { keeper, held, gate, userAgent, clock, log } = options;
          keepAlive(socket, connection, clock);
          socket.on('error', () => socket.terminate());
          const served = { socket, connection, session, target, keeper, held, userAgent, clock };
          log.info({ kind: target.kind, resource: target.attributes.resource }, 'stream opened');
          void (target.kind === 'terminal' ? serveTerminal({ ...served, gate }) : serveLongAnswer(served));
        });
      },
      (error: unknown) => refuse(connection, error, options.clock),
    );
  };
}

function webSocketServer(protocol: string, maxPayload: number): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
}

/** The rules in order; each refusal is an HTTP answer. */
async function accept(
  request: IncomingMessage,
  { authenticator, origins }: UpgradeOptions,
): Promise<{ readonly target: ForwardedTarget; readonly session: UserSession }> {
  if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    throw new ConsoleError('MalformedRequest', 'Only WebSockets are spoken here besides HTTP.');
  }
  const refusal = refusalOf(factsOf(request, { isUpgrade: true }), origins);
  if (refusal !== undefined) throw refusal;
  const found = await authenticator.authenticate(parseCookie(request.headers.cookie ?? ''));
  if (found === undefined) throw noSession();
  const target = forwardedTarget('GET', request.url ?? '');
  const expected = target.kind === 'terminal' ? terminalProtocol : streamProtocol;
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  if (target.kind === 'plain' || offered.length !== 1 || offered[0] !== expected) {
    throw new ConsoleError(
      'MalformedRequest',
      `A WebSocket here is a terminal (${terminalProtocol}) or a watch or log (${streamProtocol}).`,
    );
  }
  return { target, session: found.session };
}

function refuse(connection: Duplex, error: unknown, clock: Clock): void {
  const known = isConsoleError(error)
    ? error
    : new ConsoleError('Internal', 'The console failed to answer: try again.');
  const body = JSON.stringify(known.body);
  endConnection(
    connection,
    `HTTP/1.1 ${String(known.status)} Refused\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n` +
      `Content-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`,
    clock,
  );
}
