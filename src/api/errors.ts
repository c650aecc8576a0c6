/** What people type and the API layer cannot read. The message is a sentence: what was found, what is expected. */
export type ApiErrorCode = 'InvalidKey' | 'InvalidSecretUri' | 'InvalidDuration' | 'InvalidSubject';

export class ApiError extends Error {
  readonly code: ApiErrorCode;

  constructor(code: ApiErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
  }
}
