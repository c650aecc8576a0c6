/** Reads what the API server answers: JSON, or an error as a `KernelError`. */
import { isKernelError, KernelError, type KernelErrorCode } from './errors.ts';
import type { HttpAnswer } from './http.ts';
import { quotable } from './quotable.ts';
import type { TransportRequest } from './transport-request.ts';

export function parseJson(text: string, request: TransportRequest): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a value.
    const what = text.trimStart().startsWith('<') ? 'a web page' : 'not JSON';
    throw new KernelError(
      'Malformed',
      `${request.method} ${request.path}: the answer is ${what} (${text.length} characters)`,
    );
  }
}

/** The error for a request that got no answer, or a part of one. */
export function failureOf(cause: unknown, request: TransportRequest): Error {
  const asked = `${request.method} ${request.path}`;
  // The code that counts the bytes does not know the request.
  if (isKernelError(cause, 'TooLarge')) return new KernelError('TooLarge', `${asked}: ${cause.message}`, { cause });
  if (cause instanceof KernelError) return cause;
  if (request.signal?.aborted === true) return cause instanceof Error ? cause : new Error('aborted');
  const code = (cause as { code?: string }).code ?? '';
  const kind: KernelErrorCode = /TIMED?OUT/.test(code) ? 'Timeout' : 'Network';
  return new KernelError(kind, `${asked}: no answer from the API server (${code || 'unknown'})`, { cause });
}

const codeOfStatus: Readonly<Record<number, KernelErrorCode>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Gone',
  422: 'Invalid',
  429: 'TooManyRequests',
};

interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number; readonly causes?: readonly { readonly field?: string }[] };
}

/** The error for an answer whose status is no success. */
export function errorOf({ statusCode, headers, body }: HttpAnswer, request: TransportRequest): KernelError {
  const said = (reason: string): KernelError => statusError({ reason }, statusCode, request, headers['retry-after']);
  const { location } = headers;
  if (statusCode < 400 && typeof location === 'string') return said(`this address redirects to ${originOf(location)}`);
  if (String(headers['content-type']).startsWith('text/html')) {
    const error = said('a web page answered, not the API server');
    // A page that is not there says nothing about objects.
    return error.code === 'NotFound' ? new KernelError('Malformed', error.message, { status: statusCode }) : error;
  }
  let parsed: Status = {};
  try {
    parsed = (JSON.parse(body.toString('utf8')) as Status | null) ?? {};
  } catch {
    // Plain text: the status says enough.
  }
  return statusError(parsed, statusCode, request, headers['retry-after']);
}

/** The rest of an address may hold a ticket of a login. */
function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : 'another path';
}

/** Also for the `ERROR` events of a watch, whose object is a Status. */
export function statusError(
  parsed: Status,
  status: number,
  request: Pick<TransportRequest, 'method' | 'path' | 'confidential'>,
  retryAfterHeader?: string | string[],
): KernelError {
  const code =
    status === 409 && parsed.reason === 'AlreadyExists'
      ? 'AlreadyExists'
      : (codeOfStatus[status] ?? (status >= 500 ? 'Server' : 'BadRequest'));
  const said =
    request.confidential === true
      ? [parsed.reason, ...(parsed.details?.causes ?? []).map((cause) => cause.field), quotable(parsed.message ?? '')]
          .filter(Boolean)
          .join(' ')
      : (parsed.message ?? parsed.reason ?? '');
  const waitable = status === 429 || status === 503 || status === 504 || status === 500;
  const seconds = Number(retryAfterHeader ?? parsed.details?.retryAfterSeconds);
  return new KernelError(code, `${request.method} ${request.path}: ${String(status)} ${said}`.trim(), {
    status,
    ...(waitable && Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  });
}
