/**
 * The one error class of this layer.
 *
 * Promise: a message says what was being done, what was found and what to do, and never holds a value or a piece of
 * one. As people do paste a plain value where a sealed one belongs, no part of a text is quoted before that text has
 * the whole shape of a sealed value; positions and lengths are given instead.
 */

/**
 * What went wrong:
 * - `Malformed`: the text is not of its format at all.
 * - `UnsupportedVersion`, `UnsupportedSuite`: of the format, but made by something newer, or with algorithms that this
 *   runtime does not have.
 * - `UnknownKey`: sealed for a key pair that is not held here.
 * - `NotForThisObject`: authentication failed. A changed bit looks the same as another namespace, name, key or scope.
 * - `Empty`, `TooLarge`: the value's size.
 * - `InvalidContext`: a namespace, name, key or scope that nothing can be sealed for.
 * - `InvalidKey`: a public key, key pair, certificate or key document that cannot be used.
 */
export type SealingErrorCode =
  | 'Malformed'
  | 'UnsupportedVersion'
  | 'UnsupportedSuite'
  | 'UnknownKey'
  | 'NotForThisObject'
  | 'Empty'
  | 'TooLarge'
  | 'InvalidContext'
  | 'InvalidKey';

export class SealingError extends Error {
  override readonly name = 'SealingError';
  readonly code: SealingErrorCode;

  constructor(code: SealingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
