/**
 * The console's server: guards, session, proxy, pages. It has no rights and keeps no answers: each request goes to the API server with the
 * credentials of who made it.
 *
 * Promise: every answer has the security headers; every error is an `ErrorBody`; no token, cookie, query or body is logged.
 */
import { timingSafeEqual } from 'node:crypto';
import { parseCookie } from 'cookie';
import {
  LogController,
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Clock, Logger } from '../../kernel/index.ts';
import { csrfHeader, maxBodyBytes, paths, type LoggedOut, type NoSession, type Session } from '../contract.ts';
import type { ConfigSource } from './config/config-source.ts';
import { ConsoleError, isConsoleError, noSession, sessionExpired } from './errors.ts';
import { factsOf, refusalOf, type Place } from './origin.ts';
import { forward } from './proxy/forward.ts';
import { whoAmI } from './proxy/reviews.ts';
import { securityHeaders } from './security-headers.ts';
import type { OpenStreams } from './sessions/open-streams.ts';
import type { Door, Visitor } from './sessions/visitor.ts';
import { serveFiles } from './static-files.ts';
import { AccessWatch, recheckEveryMs as defaultRecheckEveryMs } from './streams/access-watch.ts';
import { streamKeeper } from './streams/stream-keeper.ts';
import { upgradeListener } from './streams/upgrades.ts';

/** Cookies of five pieces, and the rest. Node's default is 16 KiB. */
const maxHeaderBytes = 32 * 1024;
/** A request has to be here whole by then; a stream is an answer, and may take for ever. */
const requestTimeoutMs = 30_000;
const headersTimeoutMs = 10_000;
/** Longer than the usual proxy in front keeps its connections. */
const keepAliveTimeoutMs = 75_000;
const maxConnections = 12_000;

export interface AppOptions {
  readonly door: Door;
  readonly streams: OpenStreams;
  readonly place: Place;
  readonly config: ConfigSource;
  readonly version: string;
  /** Folder of the built pages. */
  readonly files: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recheckEveryMs?: number;
  /** Ways in that the mode adds. */
  readonly addRoutes: (app: FastifyInstance) => void;
}

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { door, streams, place, config, version, clock, log, recheckEveryMs = defaultRecheckEveryMs } = options;
  const access = new AccessWatch({ clock, everyMs: recheckEveryMs });
  const keeper = streamKeeper(streams, access);
  const userAgent = `neuro-console/${version}`;
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: true,
    http: { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs },
    frameworkErrors: (_error, _request, reply) => {
      answerError(new ConsoleError('MalformedRequest', 'The address of the request cannot be read.'), reply);
    },
  });
  app.server.maxConnections = maxConnections;
  app.server.on('upgrade', upgradeListener({ door, place, keeper, userAgent, log }));

  const headers = securityHeaders({ isHttps: place.origins[0]?.startsWith('https:') === true });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers);
    done(refusalOf(factsOf(request.raw, { isUpgrade: false }), place));
  });
  app.addHook('onResponse', (request, reply, done) => {
    // The pattern of the route, never the address: names are fine, a query is not.
    const route = request.routeOptions.url ?? '';
    log.debug(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const known = knownError(error);
    if (known.code === 'Internal') log.error({ error, route: request.routeOptions.url }, 'request failed');
    if (isConsoleError(known, 'NoSession', 'SessionExpired')) void reply.header('set-cookie', [...door.clearedCookies]);
    return answerError(known, reply);
  });

  // What comes as a body is passed on as it is, never parsed by us.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const visitorOf = async (request: FastifyRequest, reply: FastifyReply): Promise<Visitor> => {
    const found = await door.find(parseCookie(request.headers.cookie ?? ''));
    if (found === undefined) throw noSession();
    if (found.setCookies.length > 0) void reply.header('set-cookie', [...found.setCookies]);
    return found.visitor;
  };
  const visitors = new WeakMap<FastifyRequest, Visitor>();
  const guarded = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const visitor = await visitorOf(request, reply);
    if (!['GET', 'HEAD'].includes(request.method)) checkCsrf(request, visitor);
    visitors.set(request, visitor);
  };
  const visitorFor = (request: FastifyRequest): Visitor => {
    const visitor = visitors.get(request);
    if (visitor === undefined) throw noSession();
    return visitor;
  };

  app.get<{ Querystring: { readonly context?: string } }>(paths.session, async (request, reply) => {
    try {
      return await sessionOf(await visitorOf(request, reply), door, request.query.context);
    } catch (error) {
      if (!isConsoleError(error, 'NoSession', 'SessionExpired')) throw error;
      const body: NoSession = { ...error.body, logins: door.logins };
      void reply.header('set-cookie', [...door.clearedCookies]);
      return reply.code(error.status).send(body);
    }
  });
  app.delete(paths.session, { onRequest: guarded }, async (request, reply): Promise<LoggedOut> => {
    const { setCookies, logoutUrl } = await door.leave(parseCookie(request.headers.cookie ?? ''));
    void reply.header('set-cookie', [...setCookies]).header('clear-site-data', '"cache", "storage"');
    return logoutUrl === undefined ? {} : { logoutUrl };
  });
  app.get<{ Querystring: { readonly context?: string } }>(paths.config, { onRequest: guarded }, async (request) => {
    const visitor = visitorFor(request);
    return { version, recheckEveryMs, ...(await config.read(visitor, request.query.context ?? visitor.context)) };
  });
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: `${paths.proxy}/*`,
    onRequest: guarded,
    handler: (request, reply) => forward(request, reply, visitorFor(request), { keeper, userAgent }),
  });
  options.addRoutes(app);
  await serveFiles(app, options.files);
  return app;
}

async function sessionOf(visitor: Visitor, door: Door, named: string | undefined): Promise<Session> {
  const context = named ?? visitor.context;
  const user =
    (await whoAmI(await visitor.reach(context))) ?? (await whoAmI(await visitor.reach(context, { isRefused: true })));
  if (user === undefined) throw sessionExpired();
  const namespace = visitor.namespaceOf(context);
  const { expiresAt, refreshAt } = visitor.times();
  return {
    user,
    mode: door.mode,
    context,
    contexts: visitor.contexts,
    ...(namespace === undefined ? {} : { namespace }),
    csrf: visitor.csrf,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    ...(refreshAt === undefined ? {} : { refreshAt: new Date(refreshAt).toISOString() }),
  };
}

/** Not `request.headers[…] === csrf`: how long a comparison takes says how far it came. */
function checkCsrf(request: FastifyRequest, { csrf }: Visitor): void {
  const given = request.headers[csrfHeader];
  const [a, b] = [Buffer.from(typeof given === 'string' ? given : ''), Buffer.from(csrf)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) {
    throw new ConsoleError(
      'CsrfTokenMissing',
      `A change needs the header ${csrfHeader} with the session's word: reload the page.`,
    );
  }
}

function answerError(error: ConsoleError, reply: FastifyReply): FastifyReply {
  return reply.code(error.status).type('application/json; charset=utf-8').send(error.body);
}

/** Errors of the framework in our words; whatever nobody expected says nothing of itself. */
function knownError(error: unknown): ConsoleError {
  if (isConsoleError(error)) return error;
  const { code, statusCode } = error as { readonly code?: string; readonly statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ConsoleError(
      'BodyTooLarge',
      `A request may have up to ${String(maxBodyBytes)} bytes; make the value smaller.`,
    );
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new ConsoleError('UnsupportedMediaType', 'A request with a body has to say that it is JSON.');
  if (statusCode !== undefined && statusCode < 500)
    return new ConsoleError('MalformedRequest', 'The request cannot be read.', { cause: error });
  return new ConsoleError('Internal', 'The console failed to answer: try again, and tell who runs it.', {
    cause: error,
  });
}
