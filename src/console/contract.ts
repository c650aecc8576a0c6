/**
 * What the console's server and its pages say to each other. Types and constants only, with no imports, so that both sides share one text.
 *
 * All answers are JSON except streams and static files. An error is always an {@link ErrorBody}; errors of the API server itself pass
 * through the proxy unchanged, as the `Status` objects that Kubernetes makes.
 */

export const paths = {
  /** GET: who am I · POST {@link LoginRequest}: log in with a pasted token · DELETE: log out. */
  session: '/api/session',
  /** GET {@link ConsoleConfig}; `?context=NAME` in the local mode with several contexts. */
  config: '/api/config',
  /** POST {@link OpenRequest}: a way to the page of a job; 200 {@link OpenAnswer}. */
  open: '/api/open',
  /** A link, not a fetch: sends the browser to the provider. `?returnTo=/path` (a path of this console) comes back there. */
  oidcStart: '/auth/oidc/start',
  oidcCallback: '/auth/oidc/callback',
  /** `/k8s/{context}/{path of the API server}`: see {@link proxyPath}. */
  proxy: '/k8s',
} as const;

/**
 * Where the API server's `path` (`/api/v1/…`, `/apis/…`, with its query) is for this context.
 * The context's name is one percent-encoded segment. Only the paths and verbs that the console needs are forwarded; others get
 * 404 `PathNotForwarded`.
 */
export function proxyPath(context: string, path: string): string {
  return `${paths.proxy}/${encodeURIComponent(context)}${path}`;
}

/** Must stand on every request that is not GET or HEAD, with the session's `csrf`; POST /api/session needs none. */
export const csrfHeader = 'x-csrf-token';

/** Subprotocol of a WebSocket to `…/pods/{name}/exec` and `/attach` (Kubernetes' v5: one channel byte before each message). */
export const terminalProtocol = 'v5.channel.k8s.io';

/**
 * Subprotocol of a WebSocket to the path of a watch (`…?watch=true&…`) or of a log (`…/log?follow=true&…`), the same path as by GET.
 * Prefer it to a GET for everything that stays open: over HTTP/1.1, as in the local mode, browsers keep six connections to a host, and each
 * GET that stays open holds one.
 * A watch comes as text messages of one or more whole lines of JSON (split at "\n"); a log as binary messages, cut anywhere (decode them with
 * `{ stream: true }`). An empty message (a watch: a line break) says that the API server has just confirmed the right to it: at least one every
 * `recheckEveryMs` of {@link ConsoleConfig}, so that one who hears nothing for longer knows that what is shown may be old.
 * It closes with 1000 when the API server has ended the stream by itself (a watch: open it again from the last version).
 */
export const streamProtocol = 'neuro.stream.v1';

/**
 * How the server ends a stream whose right has ended, within seconds, whether or not anything moves in it:
 * - a WebSocket: closed with one of these codes, and a sentence as the reason;
 * - a watch by GET: one last line `{"type":"ERROR","object":{"kind":"Status","code":401|403,"reason":…,"message":…}}` with the
 *   {@link ErrorCode} as the reason, then the end;
 * - a log by GET: broken off (the reader's promise rejects); the next request says why.
 */
export const closeCodes = {
  /** The API server refused to begin, or the Pod is not there: its sentence is the reason. */
  refused: 4400,
  /** Logged out, or the token has expired: log in again. */
  sessionEnded: 4401,
  /** A right was taken back. */
  accessEnded: 4403,
  /** The API server went away; connecting again may help. */
  upstreamGone: 4502,
  /** The console is stopping; connect again. */
  stopping: 4503,
  /** The browser was too slow to take what came. */
  tooSlow: 4508,
} as const;

export type Mode = 'local' | 'cluster';
export type LoginWay = 'oidc' | 'token';

/** GET /api/session, 200. */
export interface Session {
  readonly user: { readonly name: string; readonly groups: readonly string[] };
  readonly mode: Mode;
  /** The context to begin with. In the cluster mode there is one. */
  readonly context: string;
  readonly contexts: readonly string[];
  /** The namespace that the context names, if any. The page itself looks up the user's home (annotation `neu.ro/user`). */
  readonly namespace?: string;
  readonly csrf: string;
  /** When the session ends at the latest (RFC 3339); absent where nothing says so. */
  readonly expiresAt?: string;
  /** Ask GET /api/session again then (one timer, no polling): the tokens are refreshed and the cookie renewed. */
  readonly refreshAt?: string;
}

/** A login by OpenID Connect that failed comes back to `/?login={ErrorCode}`, and nothing else. */
export const loginFailedParameter = 'login';

/** GET /api/session, 401: no session. `logins` is empty in the local mode, where the way in is the address that the command printed. */
export interface NoSession extends ErrorBody {
  readonly logins: readonly LoginWay[];
}

/** POST /api/session; 204, or 401 `TokenNotAccepted`. */
export interface LoginRequest {
  readonly token: string;
}

/** DELETE /api/session; 200. Where the provider has a page for it, `logoutUrl` is where to send the browser next. */
export interface LoggedOut {
  readonly logoutUrl?: string;
}

/** GET /api/config. */
export interface ConsoleConfig {
  readonly version: string;
  /** How often a stream says that it is alive, in milliseconds. */
  readonly recheckEveryMs: number;
  readonly widgets: readonly Widget[];
  readonly presets: readonly Preset[];
  readonly sealing: SealingPlace;
  /** Whether the pages of jobs can be opened here. In the cluster that needs a domain for them (`console.jobDomain`). */
  readonly opensJobs: boolean;
}

export interface OpenRequest {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Send `ticket` as the field of that name by a form (POST) to `address`, which is on the job's own origin. It is good once, for half a minute. In a
 * form, since an address stays in histories and logs.
 */
export interface OpenAnswer {
  readonly address: string;
  readonly ticket: string;
}

/** A card of the dashboard. The Terminal stands first; what is absent is asked in the dialog. */
export interface Widget {
  /** Unique: `[a-z0-9-]+`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** One that every console has, so the pages have its words in each language. */
  readonly isStandard?: true;
  /** `terminal` opens a terminal to the job when it runs; `job` shows its logs; `web` offers its port. */
  readonly kind: 'terminal' | 'job' | 'web';
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly preset?: string;
  /** Port of `spec.http`. */
  readonly port?: number;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

/** A named size, as the operator's configuration has it. */
export interface Preset {
  readonly name: string;
  readonly description?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** Where the public sealing keys are, for `parsePublicKeys` of `src/sealing`. Every authenticated user can read them through the proxy. */
export interface SealingPlace {
  /** Empty: the cluster does not say where the operator runs, so there is no key to trust. */
  readonly namespace: string;
  readonly configMap: string;
  readonly entry: string;
}

/** Every error of this server: a stable code, and a sentence that says what was expected, what was found, what to do. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
}

export type ErrorCode =
  | 'NoSession'
  | 'SessionExpired'
  | 'AccessEnded'
  | 'TokenNotAccepted'
  | 'LoginFailed'
  | 'CsrfTokenMissing'
  | 'ForeignOrigin'
  | 'ForeignHost'
  | 'PathNotForwarded'
  | 'MalformedRequest'
  | 'ContextUnknown'
  | 'RequestTooSlow'
  | 'BodyTooLarge'
  | 'UnsupportedMediaType'
  | 'TooManyStreams'
  | 'TooManyRequests'
  | 'NotFound'
  | 'ApiServerUnreachable'
  | 'ProviderUnreachable'
  | 'ConfigNotReadable'
  | 'JobNotReachable'
  | 'JobsNotOpened'
  | 'Stopping'
  | 'Internal';

/** The largest body of a request that is forwarded: a sealed value of 1 MiB in base64, and room. */
export const maxBodyBytes = 3 * 1024 * 1024;
