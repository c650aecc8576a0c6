/** What the console's server refuses, or cannot do: a stable code, its HTTP status, and a sentence that says what to do. */
import { closeCodes, type ErrorBody, type ErrorCode } from '../contract.ts';

const statuses = {
  NoSession: 401,
  SessionExpired: 401,
  AccessEnded: 403,
  TokenNotAccepted: 401,
  LoginFailed: 401,
  CsrfTokenMissing: 403,
  ForeignOrigin: 403,
  ForeignHost: 403,
  PathNotForwarded: 404,
  MalformedRequest: 400,
  ContextUnknown: 404,
  RequestTooSlow: 408,
  BodyTooLarge: 413,
  UnsupportedMediaType: 415,
  TooManyStreams: 429,
  TooManyRequests: 429,
  NotFound: 404,
  ApiServerUnreachable: 502,
  ProviderUnreachable: 502,
  ConfigNotReadable: 500,
  JobNotReachable: 502,
  JobsNotOpened: 404,
  Stopping: 503,
  Internal: 500,
} as const satisfies Readonly<Record<ErrorCode, number>>;

/** The message goes to the browser as it is: never a token, a value, or a text of the request's. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return statuses[this.code];
  }

  get body(): ErrorBody {
    return { code: this.code, message: this.message };
  }
}

export function isConsoleError(error: unknown, ...codes: readonly ErrorCode[]): error is ConsoleError {
  return error instanceof ConsoleError && (codes.length === 0 || codes.includes(error.code));
}

/** How a WebSocket is closed for it. */
export function closeCodeOf({ code }: ConsoleError): number {
  switch (code) {
    case 'NoSession':
    case 'SessionExpired':
      return closeCodes.sessionEnded;
    case 'AccessEnded':
      return closeCodes.accessEnded;
    case 'Stopping':
      return closeCodes.stopping;
    case 'TooManyRequests':
      return closeCodes.tooSlow;
    case 'ApiServerUnreachable':
      return closeCodes.upstreamGone;
    default:
      return closeCodes.refused;
  }
}

export const sessionExpired = (options?: ErrorOptions): ConsoleError =>
  new ConsoleError(
    'SessionExpired',
    'Your session has ended: you logged out, or its token has expired or is refused. Log in again.',
    options,
  );

export const noSession = (): ConsoleError => new ConsoleError('NoSession', 'You are not logged in: log in first.');
