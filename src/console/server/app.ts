/**
 * The console's server: guards, session, proxy, pages. It keeps no responses: each request goes to the API server with the credentials of
 * the user who made it.
 *
 * Promise: every response has the security headers; every error is an `ErrorBody`; no token, cookie, query or body is logged.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { parseCookie } from 'cookie';
import {
  LogController,
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { defined } from '../../defined.ts';
import type { Clock, Logger } from '../../kernel/index.ts';
import {
  csrfHeader,
  maxBodyBytes,
  paths,
  type LoggedOut,
  type NoSession,
  type OpenAnswer,
  type OpenRequest,
  type Session,
} from '../contract.ts';
import type { ConfigSource } from './config/config-source.ts';
import { ConsoleError, isConsoleError, noSession, sessionExpired } from './errors.ts';
import type { Limits } from './limits.ts';
import { jobPages, type JobPages } from './opened/job-pages.ts';
import { everyOrigin, type JobDomain } from './opened/job-origin.ts';
import { factsOf, refusalOf, type Origins } from './origin.ts';
import { forward } from './proxy/forward.ts';
import { isObjectName } from './proxy/forwarded-target.ts';
import { RequestGate } from './proxy/request-gate.ts';
import { whoAmI } from './proxy/reviews.ts';
import { securityHeaders } from './security-headers.ts';
import type { OpenStreams } from './sessions/open-streams.ts';
import type { Authenticator, UserSession } from './sessions/authenticator.ts';
import type { CookieStyle } from './sessions/session-cookie.ts';
import type { SessionKeys } from './sessions/session-keys.ts';
import { serveFiles } from './static-files.ts';
import { AccessWatch, recheckEveryMs as defaultRecheckEveryMs } from './streams/access-watch.ts';
import { HeldBytes } from './streams/held-bytes.ts';
import { streamKeeper } from './streams/stream-keeper.ts';
import { upgradeListener } from './streams/upgrades.ts';

/** Cookies of five pieces, and the rest. Node's default is 16 KiB. */
const maxHeaderBytes = 32 * 1024;
/** Three names. */
const maxOpenBodyBytes = 4 * 1024;
/** A request must have arrived by then; a stream is a response, which has no limit. */
const requestTimeoutMs = 30_000;
const headersTimeoutMs = 10_000;
/** Longer than the usual proxy in front keeps its connections. */
const keepAliveTimeoutMs = 75_000;

const serverOptions = {
  maxHeaderSize: maxHeaderBytes,
  requestTimeout: requestTimeoutMs,
  headersTimeout: headersTimeoutMs,
  keepAliveTimeout: keepAliveTimeoutMs,
};

interface AppOptions {
  readonly authenticator: Authenticator;
  readonly streams: OpenStreams;
  readonly limits: Limits;
  readonly origins: Origins;
  /** Addresses and networks of the proxies in front, whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  readonly config: ConfigSource;
  readonly version: string;
  /** Where the pages of jobs are; absent: they cannot be opened. */
  readonly jobDomain?: JobDomain;
  readonly keys: SessionKeys;
  readonly style: CookieStyle;
  /** Folder of the built pages. */
  readonly files: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recheckEveryMs?: number;
  /** The routes of the mode's own logins. */
  readonly addRoutes: (app: FastifyInstance) => void;
}

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const {
    authenticator,
    streams,
    limits,
    origins,
    config,
    version,
    clock,
    log,
    recheckEveryMs = defaultRecheckEveryMs,
    jobDomain,
    keys,
    style,
  } = options;
  const access = new AccessWatch({ clock, everyMs: recheckEveryMs });
  const keeper = streamKeeper(streams, access);
  const held = new HeldBytes(limits);
  const gate = new RequestGate(limits);
  const userAgent = `neuro-console/${version}`;
  const consoleUrl = origins[0] ?? '';
  const pagesOfJobs =
    jobDomain === undefined
      ? undefined
      : jobPages({ domain: jobDomain, consoleUrl, authenticator, keeper, limits, keys, style, clock, log });
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    // Before anything of the console sees the request: what is for the page of a job is for nothing else here.
    serverFactory: (handler) =>
      createServer(serverOptions, (request, response) => {
        if (pagesOfJobs?.serve(request, response) !== true) handler(request, response);
      }),
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
    frameworkErrors: (_error, _request, reply) => {
      answerError(new ConsoleError('MalformedRequest', 'The address of the request cannot be read.'), reply);
    },
  });
  app.server.maxConnections = limits.maxConnections;
  const upgrade = upgradeListener({ authenticator, origins, keeper, held, userAgent, log });
  app.server.on('upgrade', (request, connection, head) => {
    if (pagesOfJobs?.upgrade(request, connection, head) !== true) upgrade(request, connection, head);
  });
  app.addHook('onClose', () => pagesOfJobs?.close());

  const headers = securityHeaders({
    isHttps: consoleUrl.startsWith('https:'),
    formTargets: jobDomain === undefined ? [] : [everyOrigin(jobDomain)],
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers);
    done(refusalOf(factsOf(request.raw, { isUpgrade: false }), origins));
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
    if (isConsoleError(known, 'NoSession', 'SessionExpired'))
      void reply.header('set-cookie', [...authenticator.clearedCookies]);
    return answerError(known, reply);
  });

  // What comes as a body is passed on as it is, never parsed by us.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const authenticated = async (request: FastifyRequest, reply: FastifyReply): Promise<UserSession> => {
    const found = await authenticator.authenticate(parseCookie(request.headers.cookie ?? ''));
    if (found === undefined) throw noSession();
    if (found.setCookies.length > 0) void reply.header('set-cookie', [...found.setCookies]);
    return found.session;
  };
  const sessions = new WeakMap<FastifyRequest, UserSession>();
  const guarded = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const session = await authenticated(request, reply);
    if (!['GET', 'HEAD'].includes(request.method)) checkCsrf(request, session);
    sessions.set(request, session);
  };
  const sessionFor = (request: FastifyRequest): UserSession => {
    const session = sessions.get(request);
    if (session === undefined) throw noSession();
    return session;
  };

  const turns = new WeakMap<FastifyRequest, () => void>();
  /** Before the body is read. */
  const inTurn = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(new ConsoleError('MalformedRequest', 'The browser has gone.')));
    const endTurn = await gate.enter(sessionFor(request).user, bodyBytesOf(request), gone.signal);
    reply.raw.once('close', endTurn);
    turns.set(request, endTurn);
  };

  app.get<{ Querystring: { readonly context?: string } }>(paths.session, async (request, reply) => {
    try {
      return await sessionOf(await authenticated(request, reply), authenticator, request.query.context);
    } catch (error) {
      if (!isConsoleError(error, 'NoSession', 'SessionExpired')) throw error;
      const body: NoSession = { ...error.body, logins: authenticator.logins };
      void reply.header('set-cookie', [...authenticator.clearedCookies]);
      return reply.code(error.status).send(body);
    }
  });
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
  app.get<{ Querystring: { readonly context?: string } }>(paths.config, { onRequest: guarded }, async (request) => {
    const session = sessionFor(request);
    const opensJobs = pagesOfJobs !== undefined;
    return {
      version,
      recheckEveryMs,
      opensJobs,
      ...(await config.read(session, request.query.context ?? session.context)),
    };
  });
  app.post(paths.open, { bodyLimit: maxOpenBodyBytes, onRequest: [guarded, inTurn] }, async (request) =>
    wayToJob(request, sessionFor(request), pagesOfJobs),
  );
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: `${paths.proxy}/*`,
    onRequest: [guarded, inTurn],
    handler: (request, reply) =>
      forward(request, reply, sessionFor(request), { keeper, held, userAgent, endTurn: () => turns.get(request)?.() }),
  });
  options.addRoutes(app);
  await serveFiles(app, options.files);
  return app;
}

async function wayToJob(
  request: FastifyRequest,
  session: UserSession,
  pagesOfJobs: JobPages | undefined,
): Promise<OpenAnswer> {
  if (pagesOfJobs === undefined) {
    throw new ConsoleError(
      'JobsNotOpened',
      'The pages of jobs cannot be opened here: the administrator has to set console.jobDomain.',
    );
  }
  return pagesOfJobs.open(session, openRequestIn(request.body));
}

function openRequestIn(body: unknown): OpenRequest {
  const wanted = jsonIn(body);
  const { context, namespace, name } = wanted;
  if (typeof context !== 'string' || !isObjectName(namespace) || !isObjectName(name))
    throw new ConsoleError('MalformedRequest', 'To open a job takes its context, namespace and name.');
  return { context, namespace, name };
}

function jsonIn(body: unknown): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as Record<string, unknown> | null) ?? {};
  } catch {
    throw new ConsoleError('MalformedRequest', 'The body of the request has to be JSON.');
  }
}

async function sessionOf(
  session: UserSession,
  authenticator: Authenticator,
  named: string | undefined,
): Promise<Session> {
  const context = named ?? session.context;
  const user =
    (await whoAmI(await session.credentials(context))) ??
    (await whoAmI(await session.credentials(context, { isRefused: true })));
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

/** What the body may have at most; the framework holds the request to it. */
function bodyBytesOf({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return maxBodyBytes;
  return Math.min(maxBodyBytes, Number(headers['content-length'] ?? 0) || 0);
}

/** Not `request.headers[…] === csrf`: how long a comparison takes says how far it came. */
function checkCsrf(request: FastifyRequest, { csrf }: Pick<UserSession, 'csrf'>): void {
  const given = request.headers[csrfHeader];
  const [a, b] = [Buffer.from(typeof given === 'string' ? given : ''), Buffer.from(csrf)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) {
    throw new ConsoleError(
      'CsrfTokenMissing',
      `A change needs the header ${csrfHeader} with the session's token: reload the page.`,
    );
  }
}

function answerError(error: ConsoleError, reply: FastifyReply): FastifyReply {
  return reply.code(error.status).type('application/json; charset=utf-8').send(error.body);
}

/** Errors of the framework in our words; an error that nobody expected gives no details away. */
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
  return new ConsoleError(
    'Internal',
    'The console failed to answer: try again, and tell the administrator of the console.',
    {
      cause: error,
    },
  );
}
