/**
 * A cookie that says who was logged in with this browser before. It lets nobody in: it only counts their attempts apart from those of
 * everybody else at their address.
 */
import { cookie, cookieName, openText, sealText, type CookieStyle } from '../sessions/session-cookie.ts';
import type { SessionKeys } from '../sessions/session-keys.ts';
import type { Cookies } from '../sessions/authenticator.ts';

/** Renewed with every login. */
const validSeconds = 90 * 24 * 3600;

interface Known {
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Value of `Set-Cookie`. */
export async function knownCookie(user: string, keys: SessionKeys, style: CookieStyle, now: number): Promise<string> {
  const known: Known = { user, until: now + validSeconds * 1000 };
  const sealed = await sealText(JSON.stringify(known), 'known', keys);
  return cookie(cookieName('neuro-known', style), sealed, style, { maxAgeSeconds: validSeconds });
}

export async function knownUserIn(
  cookies: Cookies,
  keys: SessionKeys,
  style: CookieStyle,
  now: number,
): Promise<string | undefined> {
  const sealed = cookies[cookieName('neuro-known', style)];
  const text = sealed === undefined ? undefined : await openText(sealed, 'known', keys);
  if (text === undefined) return undefined;
  const { user, until } = JSON.parse(text) as Known;
  return until > now ? user : undefined;
}
