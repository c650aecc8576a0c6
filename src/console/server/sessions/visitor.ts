/** Who a request comes from, and how each mode of the console finds that out. */
import type { LoginWay, Mode } from '../../contract.ts';
import type { Reach } from '../proxy/reviews.ts';

export type Cookies = Readonly<Record<string, string | undefined>>;

/** Somebody with a session, for the time of one request or stream. */
export interface Visitor {
  readonly sessionId: string;
  readonly csrf: string;
  readonly contexts: readonly string[];
  /** The context to begin with. */
  readonly context: string;
  namespaceOf(context: string): string | undefined;
  /**
   * The API server of this context with credentials that are good now; refreshed where they were about to expire.
   * `isRefused`: the API server has just refused those of before. Rejects with `SessionExpired` or `ContextUnknown`.
   */
  reach(context: string, options?: { readonly isRefused?: boolean }): Promise<Reach>;
  /** Milliseconds since the epoch; as they are now. */
  times(): { readonly expiresAt?: number; readonly refreshAt?: number };
}

export interface Found {
  readonly visitor: Visitor;
  /** Values of `Set-Cookie`, where they are to be renewed. */
  readonly setCookies: readonly string[];
}

export interface Door {
  readonly mode: Mode;
  readonly logins: readonly LoginWay[];
  /** Undefined: no session. Rejects with `SessionExpired` where there was one. */
  find(cookies: Cookies): Promise<Found | undefined>;
  /** Ends the session as far as this mode can. Values of `Set-Cookie`, and where to go next. */
  leave(cookies: Cookies): Promise<{ readonly setCookies: readonly string[]; readonly logoutUrl?: string }>;
  /** Values of `Set-Cookie` that take away what is good for nothing. */
  readonly clearedCookies: readonly string[];
}
