/**
 * Sessions of a console in the cluster, by OpenID Connect or by a pasted token. What a session holds is in its cookie alone.
 * Promise: no session begins before the API server has named a real user for the token; each login has a new session.
 */
import { defined } from '../../../defined.ts';
import { ConsoleError, noSession, sessionExpired } from '../errors.ts';
import { withTimeLimit, type Clock } from '../../../kernel/index.ts';
import type { LoginWay } from '../../contract.ts';
import { whoAmI } from '../proxy/reviews.ts';
import type { UserCredentials } from '../proxy/user-client.ts';
import type { Upstream } from '../proxy/upstream.ts';
import { countedAs } from '../sessions/counted-as.ts';
import type { EndableSession } from '../sessions/ended-record.ts';
import type { EndedSessions } from '../sessions/ended-sessions.ts';
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
import { knownCookie } from './known-browser.ts';
import type { OidcProvider, Tokens } from './oidc-provider.ts';
import { randomWord } from './tickets.ts';

/** A login waits for the API server no longer than this. */
const loginLimitMs = 15_000;

interface ClusterAuthenticatorOptions {
  readonly upstream: Upstream;
  /** How the page calls the one context. */
  readonly contextName: string;
  readonly keys: SessionKeys;
  readonly style: CookieStyle;
  readonly clock: Clock;
  readonly streams: OpenStreams;
  readonly ended: EndedSessions;
  readonly refresh: TokenRefresh;
  readonly provider: OidcProvider | undefined;
  readonly takesTokens: boolean;
  readonly maxSessionMs: number;
  /** The address to which the provider sends the browser after a log-out. */
  readonly publicUrl: string;
}

export class ClusterAuthenticator implements Authenticator {
  readonly mode = 'cluster';
  readonly logins: readonly LoginWay[];
  readonly clearedCookies: readonly string[];
  readonly #options: ClusterAuthenticatorOptions;
  /** What each session that was given out holds now. */
  readonly #dataOf = new WeakMap<UserSession, () => SessionData>();

  constructor(options: ClusterAuthenticatorOptions) {
    this.#options = options;
    this.logins = [
      ...(options.provider === undefined ? [] : ['oidc' as const]),
      ...(options.takesTokens ? ['token' as const] : []),
    ];
    this.clearedCookies = clearedCookies(options.style);
  }

  async authenticate(cookies: Cookies): Promise<Authenticated | undefined> {
    const { keys, style, ended, refresh } = this.#options;
    const data = await openSession(cookies, keys, style);
    if (data === undefined || ended.isEnded(endable(data))) return undefined;
    const current = await refresh.current(data);
    const setCookies = current.generation === data.generation ? [] : await this.#cookiesOf(current);
    return { session: this.#session(current), setCookies };
  }

  /** Values of `Set-Cookie`. Rejects with `TokenNotAccepted` or `LoginFailed` where the API server names nobody for the token. */
  async logIn(tokens: Tokens, cookies: Cookies, way: LoginWay): Promise<readonly string[]> {
    const { clock, maxSessionMs, keys, style } = this.#options;
    const credentials = this.#credentialsOf({ token: tokens.idToken });
    const user = await withTimeLimit({ limitMs: loginLimitMs, clock }, (signal) => whoAmI(credentials, signal));
    if (user === undefined) {
      throw new ConsoleError(
        way === 'token' ? 'TokenNotAccepted' : 'LoginFailed',
        'The API server does not accept this token: it has expired, or is not for this cluster. Log in with a new one.',
      );
    }
    const now = clock.now();
    const setCookies = await this.#cookiesOf({
      id: randomWord(),
      csrf: randomWord(),
      user: user.name,
      startedAt: now,
      endsAt: now + maxSessionMs,
      generation: 0,
      way,
      ...tokenFields(tokens, now),
    });
    const former = await openSession(cookies, keys, style);
    // The session ends here at once. The new login does not wait until that is recorded for the other replicas.
    if (former !== undefined && !this.#isKnownToBeEnded(former)) this.#end(former).catch(() => undefined);
    return [...setCookies, await knownCookie(countedAs(user.name), keys, style, now)];
  }

  async logOut(
    cookies: Cookies,
    check: (session: { readonly csrf: string }) => void,
  ): Promise<{ readonly logoutUrl?: string }> {
    const { keys, style, refresh, provider, publicUrl } = this.#options;
    const data = await openSession(cookies, keys, style);
    if (data === undefined || this.#isKnownToBeEnded(data)) throw noSession();
    check(data);
    const { way, refreshToken } = refresh.newest(data);
    const ending = this.#end(data);
    const isOfProvider = provider !== undefined && way === 'oidc';
    if (isOfProvider && refreshToken !== undefined) await Promise.allSettled([ending, provider.revoke(refreshToken)]);
    await ending;
    const logoutUrl = isOfProvider ? await provider.logoutUrl(`${publicUrl}/`) : undefined;
    return defined({ logoutUrl });
  }

  /**
   * Without what renews the token: a refresh token may be good for one use only, and the console's own cookie uses it. What is renewed there is
   * known here for as long as this process remembers it.
   */
  carry(session: UserSession): string {
    const data = this.#dataOf.get(session)?.();
    if (data === undefined) throw noSession();
    const { refreshToken: _kept, ...carried } = data;
    return JSON.stringify(carried);
  }

  async restore(carried: string): Promise<{ readonly session: UserSession; readonly isRenewed: boolean } | undefined> {
    const { ended, refresh } = this.#options;
    const data = JSON.parse(carried) as SessionData;
    if (ended.isEnded(endable(data))) return undefined;
    const current = await refresh.current(data);
    return { session: this.#session(current), isRenewed: current.token !== data.token };
  }

  #end(data: SessionData): Promise<void> {
    const { streams, refresh, ended } = this.#options;
    refresh.forget(data.id);
    const ending = ended.end(endable(data));
    streams.endStreams(data.id, sessionExpired());
    return ending;
  }

  /** False also where that cannot be found out. */
  #isKnownToBeEnded(data: SessionData): boolean {
    try {
      return this.#options.ended.isEnded(endable(data));
    } catch {
      return false;
    }
  }

  #session(data: SessionData): UserSession {
    const { contextName, refresh, streams, ended } = this.#options;
    let newest = data;
    const isEnded = (): boolean => ended.isEnded(endable(data));
    const session: UserSession = {
      sessionId: data.id,
      user: countedAs(data.user),
      csrf: data.csrf,
      contexts: [contextName],
      context: contextName,
      namespaceOf: () => undefined,
      isEnded,
      credentials: async (context, options) => {
        if (context !== contextName) {
          throw new ConsoleError('ContextUnknown', `This console serves one cluster, which it calls ${contextName}.`);
        }
        if (isEnded()) throw noSession();
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
    this.#dataOf.set(session, () => newest);
    return session;
  }

  #credentialsOf({ token }: Pick<SessionData, 'token'>): UserCredentials {
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

/** A session whose token cannot be renewed is over with it. */
function endable({ id, user, startedAt, endsAt, tokenExpiresAt, refreshToken }: SessionData): EndableSession {
  const isOverAt = refreshToken === undefined ? Math.min(endsAt, tokenExpiresAt ?? endsAt) : endsAt;
  return { id, user: countedAs(user), startedAt, endsAt: isOverAt };
}
