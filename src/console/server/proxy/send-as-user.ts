/** One request to the API server with the user's credentials, and one more try where it refuses credentials that can be renewed. */
import { defined } from '../../../defined.ts';
import type { HttpResponse } from '../../../kernel/index.ts';
import { sessionExpired } from '../errors.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import type { ForwardedTarget } from './forwarded-target.ts';
import type { UserCredentials } from './user-client.ts';

interface RequestAsUser {
  readonly session: UserSession;
  readonly target: ForwardedTarget;
  readonly method: string;
  /** The headers of the browser that are passed on: see `requestHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
  readonly userAgent: string;
}

/** Rejects with `SessionExpired` where the API server does not accept the session's credentials. */
export async function sendAsUser(asked: RequestAsUser): Promise<HttpResponse> {
  const { session, target } = asked;
  const first = await send(asked, await session.credentials(target.context));
  if (first.statusCode !== 401) return first;
  discard(first);
  const second = await send(asked, await session.credentials(target.context, { isRefused: true }));
  if (second.statusCode !== 401) return second;
  discard(second);
  throw sessionExpired();
}

function send(
  { target, method, headers, body, signal, userAgent }: RequestAsUser,
  credentials: UserCredentials,
): Promise<HttpResponse> {
  const search = target.query.toString();
  return credentials.upstream.request({
    method,
    path: `${target.path}${search === '' ? '' : `?${search}`}`,
    // What the browser sends can never replace whose request it is.
    headers: { ...headers, 'user-agent': userAgent, ...credentials.headers },
    ...defined({ body }),
    signal,
    isStream: target.kind !== 'plain',
  });
}

/** Reads what is left, so that the connection can be used again. */
function discard({ body }: HttpResponse): void {
  body.on('error', () => undefined).resume();
}
