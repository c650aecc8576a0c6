/** Who is logged in, and logging out. */
import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import { defined } from '../../../defined.ts';
import { paths, type LoggedOut, type NoSession, type Session } from '../../contract.ts';
import { isConsoleError, sessionExpired } from '../errors.ts';
import { whoAmI } from '../proxy/reviews.ts';
import type { Authenticator, UserSession } from './authenticator.ts';
import { checkCsrf, type RequestSessions } from './request-sessions.ts';

interface Turns {
  /** Waits until the user of a request that passed `guard` may ask the API server. */
  readonly inTurn: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly turnEnds: onSendHookHandler;
  /** Aborts when the browser of a request that passed `inTurn` has gone. */
  readonly goneOf: (request: FastifyRequest) => AbortSignal;
}

export function addSessionRoutes(
  app: FastifyInstance,
  authenticator: Authenticator,
  requests: RequestSessions,
  { inTurn, turnEnds, goneOf }: Turns,
): void {
  app.get<{ Querystring: { readonly context?: string } }>(
    paths.session,
    { onSend: turnEnds },
    async (request, reply) => {
      try {
        await requests.guard(request, reply);
        await inTurn(request, reply);
        return await sessionOf(requests.sessionOf(request), authenticator, request.query.context, goneOf(request));
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
