/**
 * The turn of each request from a browser: its place among the requests that its user may have under way. A turn begins before the body is read,
 * and ends with the response, or when the browser has gone.
 */
import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import type { Clock } from '../../kernel/index.ts';
import { maxBodyBytes } from '../contract.ts';
import { ConsoleError } from './errors.ts';
import type { OpenConnections } from './open-connections.ts';
import type { RequestGate } from './proxy/request-gate.ts';
import type { RequestSessions } from './sessions/request-sessions.ts';
import type { SlowBodies } from './slow-bodies.ts';
import { watchReader } from './slow-readers.ts';
import { whenOver } from './when-over.ts';

interface RequestTurnsOptions {
  readonly sessions: RequestSessions;
  readonly connections: OpenConnections;
  readonly gate: RequestGate;
  readonly bodies: SlowBodies;
  readonly clock: Clock;
}

interface Turn {
  readonly end: () => void;
  readonly gone: AbortSignal;
}

export class RequestTurns {
  readonly #options: RequestTurnsOptions;
  readonly #turns = new WeakMap<FastifyRequest, Turn>();

  constructor(options: RequestTurnsOptions) {
    this.#options = options;
  }

  /** For `onRequest`, after the session is known: waits until the user of the request may ask the API server. */
  readonly begin = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { sessions, connections, gate, bodies, clock } = this.#options;
    const { user } = sessions.sessionOf(request);
    const bytes = bodyBytesOf(request);
    whenOver(reply.raw, connections.hold(request.raw.socket, user));
    const gone = new AbortController();
    whenOver(reply.raw, () => gone.abort(new ConsoleError('MalformedRequest', 'The browser has gone.')));
    const leave = await gate.enter(user, bytes, gone.signal);
    const heldLimitMs = (): number => gate.heldLimitMs(user, bytes);
    bodies.hasPlace(request.raw, heldLimitMs);
    const stopWatching = watchReader(reply.raw, clock, heldLimitMs);
    const end = (): void => {
      stopWatching();
      leave();
    };
    whenOver(reply.raw, end);
    this.#turns.set(request, { end, gone: gone.signal });
  };

  /** Ends the turn before the response is over: nothing more is asked of the API server for it. */
  end(request: FastifyRequest): void {
    this.#turns.get(request)?.end();
  }

  /** For `onSend` of responses that the console writes itself: what the browser still has to read is small. */
  readonly endOnSend: onSendHookHandler = (request, _reply, payload, done) => {
    this.end(request);
    done(null, payload);
  };

  /** Aborts when the browser of a request has gone. Aborted already for a request without a turn. */
  goneOf(request: FastifyRequest): AbortSignal {
    return this.#turns.get(request)?.gone ?? AbortSignal.abort();
  }
}

/** The most that the body may have, in bytes. The framework enforces it. */
function bodyBytesOf({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return maxBodyBytes;
  return Math.min(maxBodyBytes, Number(headers['content-length'] ?? 0) || 0);
}
