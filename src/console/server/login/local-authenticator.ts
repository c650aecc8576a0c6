/**
 * Logs in on one's own machine: anyone with the ticket of the printed address gets a session, which acts with the credentials of the
 * kubeconfig. Sessions are kept in memory and end with the process.
 */
import type { FastifyInstance } from 'fastify';
import { defined } from '../../../defined.ts';
import { isKernelError, type Access, type Clock, type Contexts, type Credentials } from '../../../kernel/index.ts';
import type { ErrorCode } from '../../contract.ts';
import { ConsoleError, noSession, sessionExpired } from '../errors.ts';
import type { UserCredentials } from '../proxy/user-client.ts';
import type { Upstream, UpstreamAddress, Upstreams } from '../proxy/upstream.ts';
import type { OpenStreams } from '../sessions/open-streams.ts';
import { cookie, expired } from '../sessions/session-cookie.ts';
import type { Cookies, Authenticator, Authenticated, UserSession } from '../sessions/authenticator.ts';
import { hashOf, randomWord, Tickets } from './tickets.ts';

/** How old cached credentials may be: client-go reads token files as often. */
const credentialsMaxAgeMs = 30_000;
/** Browsers on one machine. */
const maxSessions = 100;
/** All browsers are of the one person whose kubeconfig it is. */
const user = 'local';
const style = { isSecure: false } as const;

interface LocalAuthenticatorOptions {
  readonly contexts: Contexts;
  readonly upstreams: Upstreams;
  readonly streams: OpenStreams;
  readonly clock: Clock;
  /** Cookies are shared by all ports of a host, so the name has the port. */
  readonly port: number;
}

interface LocalSession {
  /** The hash of the cookie's value. */
  readonly hash: string;
  readonly id: string;
  readonly csrf: string;
}

interface Known {
  /** When it was read, by the steady clock. */
  readonly at: number;
  readonly access: Access;
  readonly credentials: Promise<Credentials>;
}

export class LocalAuthenticator implements Authenticator {
  readonly mode = 'local';
  readonly logins = [] as const;
  readonly tickets: Tickets;
  readonly #options: LocalAuthenticatorOptions;
  readonly #cookieName: string;
  /** The key is the hash of the cookie's value. */
  readonly #sessions = new Map<string, LocalSession>();
  readonly #known = new Map<string, Known>();

  constructor(options: LocalAuthenticatorOptions) {
    this.#options = options;
    this.#cookieName = `neuro-console-${String(options.port)}`;
    this.tickets = new Tickets({ clock: options.clock });
  }

  get clearedCookies(): readonly string[] {
    return [expired(this.#cookieName, style)];
  }

  /** `GET /?token=…` with a ticket: a cookie, and the same page without the ticket in its address. */
  addRoutes(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      const url = new URL(request.raw.url ?? '/', 'http://console.invalid');
      const ticket = url.searchParams.get('token');
      if (request.method !== 'GET' || url.pathname !== '/' || ticket === null) return;
      if (this.tickets.redeem(ticket)) void reply.header('set-cookie', this.#begin());
      // Also for a ticket that is used up: the page says what to do, and the address is clean.
      await reply.redirect('/', 303);
    });
  }

  authenticate(cookies: Cookies): Promise<Authenticated | undefined> {
    const session = this.#sessionOf(cookies);
    return Promise.resolve(session === undefined ? undefined : { session: this.#userSession(session), setCookies: [] });
  }

  logOut(cookies: Cookies, check: (session: { readonly csrf: string }) => void): Promise<Record<string, never>> {
    return Promise.resolve().then(() => {
      const session = this.#sessionOf(cookies);
      if (session === undefined) throw noSession();
      check(session);
      this.#end(session);
      return {};
    });
  }

  carry({ sessionId }: UserSession): string {
    return sessionId;
  }

  restore(carried: string): Promise<{ readonly session: UserSession; readonly isRenewed: boolean } | undefined> {
    const session = [...this.#sessions.values()].find(({ id }) => id === carried);
    return Promise.resolve(
      session === undefined ? undefined : { session: this.#userSession(session), isRenewed: false },
    );
  }

  #end({ hash, id }: LocalSession): void {
    this.#sessions.delete(hash);
    this.#options.streams.endStreams(id, sessionExpired());
  }

  #begin(): string {
    const [oldest] = this.#sessions.values();
    if (this.#sessions.size >= maxSessions && oldest !== undefined) this.#end(oldest);
    const value = randomWord();
    const hash = hashOf(value);
    this.#sessions.set(hash, { hash, id: randomWord(), csrf: randomWord() });
    return cookie(this.#cookieName, value, style);
  }

  #sessionOf(cookies: Cookies): LocalSession | undefined {
    const value = cookies[this.#cookieName];
    return value === undefined ? undefined : this.#sessions.get(hashOf(value));
  }

  #userSession({ hash, id, csrf }: LocalSession): UserSession {
    const { contexts } = this.#options;
    return {
      sessionId: id,
      user,
      csrf,
      isEnded: () => !this.#sessions.has(hash),
      contexts: contexts.names,
      context: contexts.current,
      namespaceOf: (context) => contexts.namespaceOf(context),
      credentials: (context, { isRefused = false } = {}) => this.#credentialsFor(context, isRefused),
      times: () => ({}),
    };
  }

  async #credentialsFor(context: string, isRefused: boolean): Promise<UserCredentials> {
    const { contexts, upstreams, clock } = this.#options;
    if (!contexts.names.includes(context)) {
      throw new ConsoleError(
        'ContextUnknown',
        `The kubeconfig has no context of that name; it has: ${contexts.names.join(', ')}.`,
      );
    }
    let known = this.#known.get(context);
    if (isRefused || known === undefined || clock.steadyNow() - known.at > credentialsMaxAgeMs) {
      const access = await accessTo(contexts, context);
      known = { at: clock.steadyNow(), access, credentials: access.credentials() };
      this.#known.set(context, known);
    }
    try {
      const { headers, tls } = await loggedIn(context, known.credentials);
      const { server, proxyUrl } = known.access;
      return { upstream: openUpstream(upstreams, context, { server, tls, ...defined({ proxyUrl }) }), headers };
    } catch (error) {
      // The next request reads the kubeconfig again.
      this.#known.delete(context);
      throw error;
    }
  }
}

async function loggedIn(context: string, credentials: Promise<Credentials>): Promise<Credentials> {
  try {
    return await credentials;
  } catch (cause) {
    // No login helps against a provider that cannot be reached, or a proxy that cannot be used.
    if (isKernelError(cause, 'Network')) throw cannotBeUsed('ProviderUnreachable', context, cause);
    if (isKernelError(cause, 'BadRequest')) throw cannotBeUsed('ContextUnknown', context, cause);
    throw new ConsoleError(
      'SessionExpired',
      `The kubeconfig gives no credentials for the context ${context}: log in again with the tool that made it, then reload.`,
      { cause },
    );
  }
}

/** A certificate and its key may not match, as between the two writes of a rotation: no login helps, the next try may. */
function openUpstream(upstreams: Upstreams, context: string, address: UpstreamAddress): Upstream {
  try {
    return upstreams.of(address);
  } catch (cause) {
    throw cannotBeUsed('ApiServerUnreachable', context, cause);
  }
}

async function accessTo(contexts: Contexts, context: string): Promise<Access> {
  try {
    return await contexts.access(context);
  } catch (cause) {
    if (!isKernelError(cause)) throw cause;
    throw cannotBeUsed('ContextUnknown', context, cause);
  }
}

function cannotBeUsed(code: ErrorCode, context: string, cause: unknown): ConsoleError {
  const reason = cause instanceof Error ? cause.message : 'unknown';
  return new ConsoleError(code, `The context ${context} of the kubeconfig cannot be used: ${reason}.`, { cause });
}
