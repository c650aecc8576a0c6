/**
 * Sessions' tokens, kept fresh. The newest of each session is remembered for a while, since a stream cannot give the browser a new cookie,
 * and since a refresh token may be good for one use only: many requests of one session make one refresh. Users with many sessions take turns.
 */
import { defined } from '../../../defined.ts';
import type { Clock } from '../../../kernel/index.ts';
import { isConsoleError, sessionExpired } from '../errors.ts';
import { expiryOf } from '../login/pasted-token.ts';
import type { OidcProvider, Tokens } from '../login/oidc-provider.ts';
import { RequestGate, withoutBodies } from '../proxy/request-gate.ts';
import { RememberedSessions } from './remembered-sessions.ts';
import type { SessionData } from './session-cookie.ts';

/** A token is renewed so long before its end, or after three quarters of its life where that is shorter. */
const renewBeforeMs = 60_000;
/** After a provider that did not answer. */
const retryAfterMs = 5_000;
/** Renewals at once, which the provider answers within seconds. A user can log in any number of times; each session has one renewal at most. */
const gateLimits = { requests: 32, requestsOfUser: 4, requestsOfEach: 2, ...withoutBodies };

export class TokenRefresh {
  readonly #clock: Clock;
  readonly #provider: OidcProvider | undefined;
  readonly #newest = new RememberedSessions();
  readonly #underWay = new Map<string, Promise<SessionData>>();
  readonly #gate: RequestGate;

  constructor({ clock, provider }: { readonly clock: Clock; readonly provider: OidcProvider | undefined }) {
    this.#clock = clock;
    this.#provider = provider;
    this.#gate = new RequestGate(gateLimits, clock);
  }

  /** The newest state that this process knows, renewed or not. */
  newest(given: SessionData): SessionData {
    const known = this.#newest.get(given.id)?.data;
    return known !== undefined && known.generation > given.generation ? known : given;
  }

  /**
   * The session as it is now. `isRefused`: the API server did not accept this token. Rejects with `SessionExpired`; where the token could not be
   * renewed, the cause says whether the provider refused or gave no answer.
   */
  async current(given: SessionData, { isRefused = false } = {}): Promise<SessionData> {
    const data = this.newest(given);
    const now = this.#clock.now();
    if (now >= data.endsAt) throw this.#expire(data.id);
    const isOver = data.tokenExpiresAt !== undefined && now >= data.tokenExpiresAt;
    const isDue = now >= (renewalOf(data) ?? Infinity);
    if (!isOver && !isDue && !isRefused) return data;
    if (data.refreshToken === undefined || this.#provider === undefined) {
      if (isOver || isRefused) throw this.#expire(data.id);
      return data;
    }
    const isResting = this.#clock.steadyNow() - (this.#newest.get(data.id)?.failedAt ?? -Infinity) < retryAfterMs;
    if (isResting && !isOver && !isRefused) return data;
    try {
      return await this.#refresh(data, data.refreshToken, this.#provider);
    } catch (error) {
      // The token is still valid, so it is used until it expires.
      if (isConsoleError(error, 'ProviderUnreachable') && !isOver && !isRefused) return data;
      throw isConsoleError(error, 'SessionExpired', 'ProviderUnreachable') ? this.#expire(data.id, error) : error;
    }
  }

  forget(sessionId: string): void {
    this.#newest.delete(sessionId);
  }

  /** Forgets the session, and returns the error that says that it has ended. */
  #expire(sessionId: string, cause?: unknown): Error {
    this.forget(sessionId);
    return sessionExpired(defined({ cause }));
  }

  #refresh(data: SessionData, refreshToken: string, provider: OidcProvider): Promise<SessionData> {
    const underWay = this.#underWay.get(data.id);
    if (underWay !== undefined) return underWay;
    const refreshing = this.#gate
      .run(data.user, new AbortController().signal, () => provider.refresh(refreshToken))
      .then((tokens) =>
        this.#remember({ ...data, ...tokenFields(tokens, this.#clock.now()), generation: data.generation + 1 }),
      )
      .catch((error: unknown) => {
        this.#newest.set({ data, failedAt: this.#clock.steadyNow() });
        throw error;
      })
      .finally(() => this.#underWay.delete(data.id));
    this.#underWay.set(data.id, refreshing);
    return refreshing;
  }

  #remember(data: SessionData): SessionData {
    this.#newest.set({ data });
    return data;
  }
}

export function tokenFields(
  { idToken, refreshToken }: Tokens,
  now: number,
): Pick<SessionData, 'token' | 'tokenGivenAt' | 'tokenExpiresAt' | 'refreshToken'> {
  const expiresAt = expiryOf(idToken);
  return {
    token: idToken,
    tokenGivenAt: now,
    ...defined({ tokenExpiresAt: expiresAt, refreshToken }),
  };
}

/** When a token that can be renewed is to be. */
export function renewalOf({ tokenExpiresAt, tokenGivenAt, refreshToken }: SessionData): number | undefined {
  if (tokenExpiresAt === undefined || refreshToken === undefined) return undefined;
  return tokenExpiresAt - Math.min(renewBeforeMs, (tokenExpiresAt - tokenGivenAt) / 4);
}
