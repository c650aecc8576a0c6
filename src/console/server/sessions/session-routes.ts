/** Who is logged in, and logging out. */
import { parseCookie } from 'cookie';
import type { FastifyInstance } from 'fastify';
import { defined } from '../../../defined.ts';
import { paths, type LoggedOut, type NoSession, type Session } from '../../contract.ts';
import { isConsoleError, sessionExpired } from '../errors.ts';
import { whoAmI } from '../proxy/reviews.ts';
import type { RequestTurns } from '../request-turns.ts';
import type { Authenticator, UserSession } from './authenticator.ts';
import { checkCsrf, type RequestSessions } from './request-sessions.ts';

interface SessionRoutesOptions {
  readonly authenticator: Authenticator;
  readonly sessions: RequestSessions;
  readonly turns: RequestTurns;
}

export function addSessionRoutes(app: FastifyInstance, { authenticator, sessions, turns }: SessionRoutesOptions): void {
  app.get<{ Querystring: { readonly context?: string } }>(
    paths.session,
    { onSend: turns.endOnSend },
    async (request, reply) => {
      try {
        await sessions.guard(request, reply);
        await turns.begin(request, reply);
        return await sessionOf(
          sessions.sessionOf(request),
          authenticator,
          request.query.context,
          turns.goneOf(request),
        );
      } catch (error) {
        if (!isConsoleError(error, 'NoSession', 'SessionExpired')) throw error;
        const body: NoSession = { ...error.body, logins: authenticator.logins };
        void reply.header('set-cookie', [...authenticator.clearedCookies]);
        return reply.code(error.status).send(body);
      }
    },
  );
  app.delete(paths.session, async (request, reply): Promise<LoggedOut> => {
    const cookies = parseCookie(request.headers.cookie ?? '');
    return authenticator.logOut(cookies, (session) => {
      checkCsrf(request, session);
      // Also if the other replicas could not be informed: this browser has logged out.
      void reply
        .header('set-cookie', [...authenticator.clearedCookies])
        .header('clear-site-data', '"cache", "storage"');
    });
  });
}

async function sessionOf(
  session: UserSession,
  authenticator: Authenticator,
  named: string | undefined,
  gone: AbortSignal,
): Promise<Session> {
  const context = named ?? session.context;
  const user =
    (await whoAmI(await session.credentials(context), gone)) ??
    (await whoAmI(await session.credentials(context, { isRefused: true }), gone));
  if (user === undefined) throw sessionExpired();
  const namespace = session.namespaceOf(context);
  const { expiresAt, refreshAt } = session.times();
  return {
    user,
    mode: authenticator.mode,
    context,
    contexts: session.contexts,
    ...defined({ namespace }),
    csrf: session.csrf,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    ...(refreshAt === undefined ? {} : { refreshAt: new Date(refreshAt).toISOString() }),
  };
}
