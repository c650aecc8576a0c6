/** `secret:web#tls.crt`: a secret, or a part of the certificate pair that it is. */
import { ApiError, isTlsPart, parseSecretUri, TLS_PARTS, type SecretUri, type TlsPart } from '../../api/index.ts';

export interface SecretPartUri extends SecretUri {
  readonly part?: TlsPart;
}

/** Throws `InvalidSecretUri`. */
export function parseSecretPart(text: string): SecretPartUri {
  const hash = text.indexOf('#');
  if (hash === -1) return parseSecretUri(text);
  const part = text.slice(hash + 1);
  if (!isTlsPart(part)) {
    throw new ApiError(
      'InvalidSecretUri',
      `The URI ${JSON.stringify(text)} has a part that no secret has; the parts of a certificate pair are ${TLS_PARTS.join(', ')}.`,
    );
  }
  return { ...parseSecretUri(text.slice(0, hash)), part };
}
