/**
 * The session of each request.
 *
 * Promise: a request that passed `guard` has a session, and one that changes something has its token too.
 */
import { timingSafeEqual } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csrfHeader } from '../../contract.ts';
import { ConsoleError, noSession } from '../errors.ts';
import type { Authenticator, UserSession } from './authenticator.ts';

export class RequestSessions {
  readonly #authenticator: Authenticator;
  /** The session of each request that passed `guard`. */
  readonly #sessions = new WeakMap<FastifyRequest, UserSession>();

  constructor(authenticator: Authenticator) {
    this.#authenticator = authenticator;
  }

  /** Rejects where the request has no session; renews its cookies where they need it. */
  async #authenticate(request: FastifyRequest, reply: FastifyReply): Promise<UserSession> {
    const found = await this.#authenticator.authenticate(parseCookie(request.headers.cookie ?? ''));
    if (found === undefined) throw noSession();
    if (found.setCookies.length > 0) void reply.header('set-cookie', [...found.setCookies]);
    return found.session;
  }

  /** Checks the session of a request. Call it before the request is read any further. */
  async guard(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const session = await this.#authenticate(request, reply);
    if (!['GET', 'HEAD'].includes(request.method)) checkCsrf(request, session);
    this.#sessions.set(request, session);
  }

  /** Returns the session of a request that passed `guard`, and throws `NoSession` for any other. */
  sessionOf(request: FastifyRequest): UserSession {
    const session = this.#sessions.get(request);
    if (session === undefined) throw noSession();
    return session;
  }
}

/** Not `request.headers[…] === csrf`: how long a comparison takes says how far it came. */
export function checkCsrf(request: FastifyRequest, { csrf }: Pick<UserSession, 'csrf'>): void {
  const given = request.headers[csrfHeader];
  const [a, b] = [Buffer.from(typeof given === 'string' ? given : ''), Buffer.from(csrf)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) {
    throw new ConsoleError(
      'CsrfTokenMissing',
      `A change needs the header ${csrfHeader} with the session's token: reload the page.`,
    );
  }
}
