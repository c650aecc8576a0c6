/**
 * A session as cookies: what it holds is encrypted and authenticated (JWE, direct A256GCM), so that the server keeps nothing and any
 * replica can read it. A token may be longer than one cookie, so it is cut into numbered pieces.
 */
import { stringifySetCookie } from 'cookie';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { defined } from '../../../defined.ts';
import type { LoginWay } from '../../contract.ts';
import type { SessionKeys } from './session-keys.ts';

export interface SessionData {
  /** Random; new at every login, so that nobody can fix one beforehand. */
  readonly id: string;
  /** What the page has to send with every change. */
  readonly csrf: string;
  /** The name that the API server gave the user at the login. */
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds since the epoch: when it ends whatever is refreshed. */
  readonly endsAt: number;
  /** Counts refreshes, so that the newest is known. */
  readonly generation: number;
  readonly way: LoginWay;
  /** What the API server is given. */
  readonly token: string;
  readonly tokenGivenAt: number;
  /** Milliseconds since the epoch; absent where the token does not say. */
  readonly tokenExpiresAt?: number;
  readonly refreshToken?: string;
}

const sessionName = 'neuro-session';
/** Browsers take 4,096 bytes a cookie, with name and attributes. */
const pieceLength = 3_800;
/** More would not fit into the headers that proxies take. */
const maxPieces = 5;

export interface CookieStyle {
  /** HTTPS: the name gets `__Host-`, which binds it to this host, and the cookie is never sent in the clear. */
  readonly isSecure: boolean;
}

export function cookieName(name: string, { isSecure }: CookieStyle): string {
  return `${isSecure ? '__Host-' : ''}${name}`;
}

/** What a sealed text is for; one for another purpose is not opened. */
type Purpose = 'session' | 'login' | 'known' | 'ticket' | 'opened';

export async function sealText(text: string, purpose: Purpose, keys: SessionKeys): Promise<string> {
  const [key] = keys.current();
  if (key === undefined) throw new Error('there is no session key');
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.id, typ: purpose })
    .encrypt(key.bytes);
}

/** Undefined for whatever was not sealed by a key of ours. */
export async function openText(sealed: string, purpose: Purpose, keys: SessionKeys): Promise<string | undefined> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      sealed,
      ({ kid }) => {
        const key = keys.current().find(({ id }) => id === kid);
        if (key === undefined) throw new Error('unknown key');
        return key.bytes;
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    );
    return protectedHeader.typ === purpose ? new TextDecoder().decode(plaintext) : undefined;
  } catch {
    return undefined;
  }
}

/** Values of `Set-Cookie`. Undefined where the session is too large for cookies. */
export async function sessionCookies(
  data: SessionData,
  keys: SessionKeys,
  style: CookieStyle,
): Promise<readonly string[] | undefined> {
  const sealed = await sealText(JSON.stringify(data), 'session', keys);
  return setPieces(sessionName, sealed, style);
}

/** A text as numbered cookies: values of `Set-Cookie`. Undefined where it is too large for cookies. */
export function setPieces(name: string, sealed: string, style: CookieStyle): readonly string[] | undefined {
  const pieces = sealed.match(new RegExp(`.{1,${String(pieceLength)}}`, 'g')) ?? [];
  if (pieces.length > maxPieces) return undefined;
  // Pieces of a longer, former text are taken away, else they would be read as a part of this one.
  return Array.from({ length: maxPieces }, (_, index) => {
    const piece = pieces[index];
    return piece === undefined
      ? expired(pieceName(name, index, style), style)
      : cookie(pieceName(name, index, style), piece, style);
  });
}

/** Empty where there is none. */
export function piecesIn(
  name: string,
  cookies: Readonly<Record<string, string | undefined>>,
  style: CookieStyle,
): string {
  let sealed = '';
  for (let index = 0; index < maxPieces; index += 1) {
    const piece = cookies[pieceName(name, index, style)];
    if (piece === undefined) break;
    sealed += piece;
  }
  return sealed;
}

export async function openSession(
  cookies: Readonly<Record<string, string | undefined>>,
  keys: SessionKeys,
  style: CookieStyle,
): Promise<SessionData | undefined> {
  const sealed = piecesIn(sessionName, cookies, style);
  if (sealed === '') return undefined;
  const text = await openText(sealed, 'session', keys);
  const data = text === undefined ? undefined : (JSON.parse(text) as Partial<SessionData>);
  // A cookie of a release that kept less in it is none.
  return data?.user === undefined || data.startedAt === undefined ? undefined : (data as SessionData);
}

/** Takes the session's cookies away. */
export function clearedCookies(style: CookieStyle): readonly string[] {
  return Array.from({ length: maxPieces }, (_, index) => expired(pieceName(sessionName, index, style), style));
}

/** `lax` lets it come along when another site (the provider) sends the browser back to us. */
export function cookie(
  name: string,
  value: string,
  { isSecure }: CookieStyle,
  {
    sameSite = 'strict',
    maxAgeSeconds,
  }: { readonly sameSite?: 'strict' | 'lax'; readonly maxAgeSeconds?: number } = {},
): string {
  return stringifySetCookie({
    name,
    value,
    path: '/',
    httpOnly: true,
    secure: isSecure,
    sameSite,
    // Chrome and Edge remove cookies of the domain when there are many, those of other priorities first.
    priority: 'high',
    ...defined({ maxAge: maxAgeSeconds }),
  });
}

export function expired(name: string, style: CookieStyle): string {
  return cookie(name, '', style, { maxAgeSeconds: 0 });
}

function pieceName(name: string, index: number, style: CookieStyle): string {
  return cookieName(`${name}-${String(index)}`, style);
}
