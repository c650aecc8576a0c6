/** Who a request comes from, and how each mode of the console finds that out. */
import type { LoginWay, Mode } from '../../contract.ts';
import type { UserCredentials } from '../proxy/user-client.ts';

export type Cookies = Readonly<Record<string, string | undefined>>;

/** Somebody with a session, for the time of one request or stream. */
export interface UserSession {
  readonly sessionId: string;
  /** The user for whom streams, requests and memory are counted (`countedAs`): all sessions of one user count together. */
  readonly user: string;
  readonly csrf: string;
  readonly contexts: readonly string[];
  /** The context to begin with. */
  readonly context: string;
  namespaceOf(context: string): string | undefined;
  /**
   * The API server of this context, with valid credentials: those that are about to expire are refreshed.
   * `isRefused`: the API server has just refused the last ones. Rejects with `SessionExpired`, `ContextUnknown` or
   * `ApiServerUnreachable`.
   */
  credentials(context: string, options?: { readonly isRefused?: boolean }): Promise<UserCredentials>;
  /** True after a log-out, here or elsewhere. Throws a `ConsoleError` where that is not known. */
  isEnded(): boolean;
  /** The present times of the session, in milliseconds since the epoch. */
  times(): { readonly expiresAt?: number; readonly refreshAt?: number };
}

export interface Authenticated {
  readonly session: UserSession;
  /** Values of `Set-Cookie` that renew the session's cookies; empty where they still serve. */
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
  /** The session as a text from which `restore` makes it again, here or in another replica. Secret: it leaves the process only sealed. */
  carry(session: UserSession): string;
  /**
   * Restores a session for requests without its cookies: those to the page of a job. Undefined where it has ended. Rejects with
   * `SessionExpired`. `isRenewed`: `carry` returns another text now.
   */
  restore(carried: string): Promise<{ readonly session: UserSession; readonly isRenewed: boolean } | undefined>;
  /** Values of `Set-Cookie` that remove the cookies of a session that is over. */
  readonly clearedCookies: readonly string[];
}
