/** The session with the console's server: who am I, log in with a token, log out. */
import { defined } from '../../../defined.ts';
import {
  csrfHeader,
  paths,
  type ConsoleConfig,
  type LoggedOut,
  type LoginWay,
  type NoSession,
  type Session,
} from '../../contract.ts';
import { texts } from '../texts.ts';
import { hearTime } from './cluster-clock.ts';
import { ClusterError, errorOf, langOf } from './errors.ts';

export type SessionState =
  | { readonly isIn: true; readonly session: Session }
  | ({ readonly isIn: false; readonly logins: readonly LoginWay[] } & Pick<ClusterError, 'message' | 'lang'>);

const json = { 'content-type': 'application/json', accept: 'application/json' };

/** In the local mode each context may have a user of its own; one that is not known (an old address) is the usual one. */
export async function readSession(context: string | undefined, signal?: AbortSignal): Promise<SessionState> {
  const query = context === undefined ? '' : `?context=${encodeURIComponent(context)}`;
  const sentMs = Date.now();
  const response = await ask(`${paths.session}${query}`, defined({ signal }));
  if (response.ok) {
    const session = (await response.json()) as Session;
    // In the local mode this is the clock of the browser's own machine, which may be the wrong one.
    if (session.mode === 'cluster') hearTime(response.headers.get('date'), sentMs);
    return { isIn: true, session };
  }
  const body = (await response.json().catch(() => undefined)) as Partial<NoSession> | undefined;
  if (context !== undefined && body?.code === 'ContextUnknown') return readSession(undefined, signal);
  if (response.status !== 401) throw errorOf(response.status, body);
  const message = body?.code === 'NoSession' ? '' : (body?.message ?? '');
  return { isIn: false, logins: body?.logins ?? [], message, lang: langOf(message) };
}

export async function logIn(token: string): Promise<void> {
  const response = await ask(paths.session, { method: 'POST', headers: json, body: JSON.stringify({ token }) });
  if (!response.ok) throw errorOf(response.status, await response.json().catch(() => undefined));
}

/** Throws where the session may go on. */
export async function logOut(csrf: string): Promise<LoggedOut> {
  const response = await ask(paths.session, { method: 'DELETE', headers: { [csrfHeader]: csrf } });
  const body: unknown = await response.json().catch(() => undefined);
  // Without a session there is nothing left to end.
  if (!response.ok && response.status !== 401) throw errorOf(response.status, body);
  const told: LoggedOut = body ?? {};
  return response.ok ? told : {};
}

export async function readConfig(context: string, signal: AbortSignal): Promise<ConsoleConfig> {
  const response = await ask(`${paths.config}?context=${encodeURIComponent(context)}`, { signal });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOf(response.status, body);
  return body as ConsoleConfig;
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { cache: 'no-store', credentials: 'same-origin', ...init });
  } catch (cause) {
    throw new ClusterError('offline', texts.errors.consoleGone, { cause });
  }
}
