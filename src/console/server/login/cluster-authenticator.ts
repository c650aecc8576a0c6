/**
 * Logs in to a console in the cluster: a login by OpenID Connect, or a pasted token. What the session holds is in its cookie alone.
 * Promise: no session begins before the API server has named a real user for the token; each login has a new session.
 */
import { sessionExpired, ConsoleError } from '../errors.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { LoginWay } from '../../contract.ts';
import { whoAmI } from '../proxy/reviews.ts';
import type { UserCredentials } from '../proxy/user-client.ts';
import type { Upstream } from '../proxy/upstream.ts';
import type { OpenStreams } from '../sessions/open-streams.ts';
import {
  clearedCookies,
  openSession,
  sessionCookies,
  type CookieStyle,
  type SessionData,
} from '../sessions/session-cookie.ts';
import type { SessionKeys } from '../sessions/session-keys.ts';
import { renewalOf, tokenFields, type TokenRefresh } from '../sessions/token-refresh.ts';
import type { Cookies, Authenticator, Authenticated, UserSession } from '../sessions/authenticator.ts';
import type { OidcProvider, Tokens } from './oidc-provider.ts';
import { randomWord } from './tickets.ts';

export interface ClusterAuthenticatorOptions {
  readonly upstream: Upstream;
  /** How the page calls the one context. */
  readonly contextName: string;
  readonly keys: SessionKeys;
  readonly style: CookieStyle;
  readonly clock: Clock;
  readonly streams: OpenStreams;
  readonly refresh: TokenRefresh;
  readonly provider: OidcProvider | undefined;
  readonly takesTokens: boolean;
  readonly maxSessionMs: number;
  /** Where the provider sends the browser after a log-out. */
  readonly publicUrl: string;
}

export class ClusterAuthenticator implements Authenticator {
  readonly mode = 'cluster';
  readonly logins: readonly LoginWay[];
  readonly clearedCookies: readonly string[];
  readonly #options: ClusterAuthenticatorOptions;

  constructor(options: ClusterAuthenticatorOptions) {
    this.#options = options;
    this.logins = [
      ...(options.provider === undefined ? [] : ['oidc' as const]),
      ...(options.takesTokens ? ['token' as const] : []),
    ];
    this.clearedCookies = clearedCookies(options.style);
  }

  async authenticate(cookies: Cookies): Promise<Authenticated | undefined> {
    const { keys, style, streams, refresh } = this.#options;
    const data = await openSession(cookies, keys, style);
    if (data === undefined || streams.isEnded(data.id)) return undefined;
    const current = await refresh.current(data);
    const setCookies = current.generation === data.generation ? [] : await this.#cookiesOf(current);
    return { session: this.#session(current), setCookies };
  }

  /** Values of `Set-Cookie`. Rejects with `TokenNotAccepted` or `LoginFailed` where the API server names nobody for the token. */
  async logIn(tokens: Tokens, cookies: Cookies, way: LoginWay): Promise<readonly string[]> {
    const { clock, maxSessionMs, keys, style } = this.#options;
    const now = clock.now();
    const data: SessionData = {
      id: randomWord(),
      csrf: randomWord(),
      endsAt: now + maxSessionMs,
      generation: 0,
      way,
      tokenGivenAt: now,
      ...tokenFields(tokens, now),
    };
    if ((await whoAmI(this.#credentialsOf(data))) === undefined) {
      throw new ConsoleError(
        way === 'token' ? 'TokenNotAccepted' : 'LoginFailed',
        'The cluster does not know this token: it has expired, or is of another cluster.',
      );
    }
    const setCookies = await this.#cookiesOf(data);
    const former = await openSession(cookies, keys, style);
    if (former !== undefined) this.#end(former);
    return setCookies;
  }

  async logOut(cookies: Cookies): Promise<{ readonly setCookies: readonly string[]; readonly logoutUrl?: string }> {
    const { keys, style, refresh, provider, publicUrl } = this.#options;
    const setCookies = this.clearedCookies;
    const data = await openSession(cookies, keys, style);
    if (data === undefined) return { setCookies };
    const newest = await refresh.current(data).catch(() => data);
    this.#end(data);
    if (provider === undefined || newest.way !== 'oidc') return { setCookies };
    if (newest.refreshToken !== undefined) await provider.revoke(newest.refreshToken);
    const logoutUrl = await provider.logoutUrl(`${publicUrl}/`);
    return { setCookies, ...(logoutUrl === undefined ? {} : { logoutUrl }) };
  }

  #end({ id, endsAt }: SessionData): void {
    const { streams, refresh } = this.#options;
    refresh.forget(id);
    streams.endSession(id, endsAt, sessionExpired());
  }

  #session(data: SessionData): UserSession {
    const { contextName, refresh, streams } = this.#options;
    let newest = data;
    return {
      sessionId: data.id,
      csrf: data.csrf,
      contexts: [contextName],
      context: contextName,
      namespaceOf: () => undefined,
      credentials: async (context, options) => {
        if (context !== contextName) {
          throw new ConsoleError('ContextUnknown', `This console serves one cluster, which it calls ${contextName}.`);
        }
        try {
          newest = await refresh.current(newest, options);
        } catch (error) {
          // Nothing of a session goes on whose token is refused.
          streams.endStreams(data.id, sessionExpired());
          throw error;
        }
        return this.#credentialsOf(newest);
      },
      times: () => {
        const refreshAt = renewalOf(newest);
        const { endsAt, tokenExpiresAt = endsAt } = newest;
        return refreshAt === undefined
          ? { expiresAt: Math.min(endsAt, tokenExpiresAt) }
          : { expiresAt: endsAt, refreshAt };
      },
    };
  }

  #credentialsOf({ token }: SessionData): UserCredentials {
    return { upstream: this.#options.upstream, headers: { authorization: `Bearer ${token}` } };
  }

  async #cookiesOf(data: SessionData): Promise<readonly string[]> {
    const { keys, style } = this.#options;
    const cookies = await sessionCookies(data, keys, style);
    if (cookies === undefined) {
      throw new ConsoleError(
        'LoginFailed',
        'The token is too large for a session (some 13 KiB): ask for one with fewer groups in it.',
      );
    }
    return cookies;
  }
}
