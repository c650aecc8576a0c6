/** What somebody pasted as a token: trimmed of what copying adds, and refused where it cannot be one. Pure. */
import { decodeJwt } from 'jose';

/** Service-account tokens have some 1,000 characters; what is longer than this does not fit into cookies. */
const longestToken = 8_192;

/** Undefined where the text cannot be a bearer token (RFC 6750, b64token). */
export function tokenIn(pasted: unknown): string | undefined {
  if (typeof pasted !== 'string') return undefined;
  const token = pasted.trim().replace(/^bearer\s+/i, '');
  return token.length > 0 && token.length <= longestToken && /^[A-Za-z0-9._~+/-]+=*$/.test(token) ? token : undefined;
}

/** When the token says that it ends, in milliseconds since the epoch. Not verified: the API server does that. */
export function expiryOf(token: string): number | undefined {
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? undefined : exp * 1000;
  } catch {
    return undefined;
  }
}
