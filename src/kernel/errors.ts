/**
 * Errors of the kernel. Promise: every failed call to the API server rejects with a {@link KernelError} whose
 * `code` says what kind of failure it was; nothing of a request's or response's body is in it where the resource
 * is confidential (Secrets).
 */

/** What went wrong, in the words of Kubernetes' own `Status.reason` where one exists. docs/errors.md says what to do. */
export const kernelErrorCodes = [
  'AlreadyExists', // 409 with reason AlreadyExists: a create met an object of that name
  'BadRequest', // 400, 405, 406, 415: the request itself is wrong
  'Conflict', // 409: the object changed, or a precondition (uid, resourceVersion) does not hold
  'Forbidden', // 403: not allowed, or refused by admission
  'Gone', // 410: a resourceVersion or continue token is too old
  'Invalid', // 422: the object does not validate
  'LeaseLost', // we are not the leader any more, so we did not write
  'Malformed', // the answer is not the JSON that it should be
  'Network', // no answer: connection refused, reset, name not found, TLS
  'NotFound', // 404
  'Server', // 5xx
  'Silent', // a watch was silent for longer than the server ever is
  'Timeout', // no answer in time
  'TooLarge', // the answer has more bytes than we take at once
  'TooManyRequests', // 429
  'Unauthorized', // 401
] as const;

export type KernelErrorCode = (typeof kernelErrorCodes)[number];

interface KernelErrorDetails {
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** How long the server asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class KernelError extends Error {
  override readonly name = 'KernelError';
  readonly code: KernelErrorCode;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: KernelErrorCode, message: string, details: KernelErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** What was thrown, as an Error: JavaScript lets code throw anything. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

export function isKernelError(error: unknown, ...codes: readonly KernelErrorCode[]): error is KernelError {
  return error instanceof KernelError && (codes.length === 0 || codes.includes(error.code));
}
