/** Who a request comes from, and how each mode of the console finds that out. */
import type { LoginWay, Mode } from '../../contract.ts';
import type { UserCredentials } from '../proxy/user-client.ts';

export type Cookies = Readonly<Record<string, string | undefined>>;

/** Somebody with a session, for the time of one request or stream. */
export interface UserSession {
  readonly sessionId: string;
  /** For whom streams, requests and memory are counted (`countedAs`): one user has one, in any number of sessions. */
  readonly user: string;
  readonly csrf: string;
  readonly contexts: readonly string[];
  /** The context to begin with. */
  readonly context: string;
  namespaceOf(context: string): string | undefined;
  /**
   * The API server of this context with credentials that are good now; refreshed where they were about to expire.
   * `isRefused`: the API server has just refused those of before. Rejects with `SessionExpired`, `ContextUnknown` or
   * `ApiServerUnreachable`.
   */
  credentials(context: string, options?: { readonly isRefused?: boolean }): Promise<UserCredentials>;
  /** True after a log-out, here or elsewhere. Throws a `ConsoleError` where that is not known. */
  isEnded(): boolean;
  /** Milliseconds since the epoch; as they are now. */
  times(): { readonly expiresAt?: number; readonly refreshAt?: number };
}

export interface Authenticated {
  readonly session: UserSession;
  /** Values of `Set-Cookie`, where they are to be renewed. */
  readonly setCookies: readonly string[];
}

export interface Authenticator {
  readonly mode: Mode;
  readonly logins: readonly LoginWay[];
  /** Undefined: no session. Rejects with `SessionExpired` where there was one. */
  authenticate(cookies: Cookies): Promise<Authenticated | undefined>;
  /**
   * Ends the session. `check` is called with it first, and throws where the request may not end it. Resolves with where to go next; rejects
   * with `NoSession`, and with `ApiServerUnreachable` where it has ended in this process and others have not heard of it yet.
   */
  logOut(
    cookies: Cookies,
    check: (session: { readonly csrf: string }) => void,
  ): Promise<{ readonly logoutUrl?: string }>;
  /** What gives this session back to `restore`, here or in another replica. Secret: it goes out sealed alone. */
  carry(session: UserSession): string;
  /**
   * For requests that do not come with the session's cookies: those to the page of a job. Undefined where it has ended. Rejects with
   * `SessionExpired`. `isRenewed`: `carry` would give another text by now.
   */
  restore(carried: string): Promise<{ readonly session: UserSession; readonly isRenewed: boolean } | undefined>;
  /** Values of `Set-Cookie` that take away what is good for nothing. */
  readonly clearedCookies: readonly string[];
}
