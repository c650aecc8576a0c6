/**
 * The console's server: guards, session, proxy, pages. It keeps no responses: each request goes to the API server with the credentials of
 * the user who made it.
 *
 * Promise: every response has the security headers; every error is an `ErrorBody`; no token, cookie, query or body is logged.
 */
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import {
  LogController,
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { maxBodyBytes, paths } from '../contract.ts';
import type { ConfigSource } from './config/config-source.ts';
import { answerError, knownError } from './error-answers.ts';
import { ConsoleError, isConsoleError } from './errors.ts';
import { OpenConnections } from './open-connections.ts';
import { jobPages, type JobPagesOptions } from './opened/job-pages.ts';
import { everyOrigin, type JobDomain } from './opened/job-origin.ts';
import { wayToJob } from './opened/way-to-job.ts';
import { factsOf, refusalOf, type Origins } from './origin.ts';
import { Pipelined } from './pipelined.ts';
import { forward } from './proxy/forward.ts';
import { RequestGate } from './proxy/request-gate.ts';
import { securityHeaders } from './security-headers.ts';
import type { OpenStreams } from './sessions/open-streams.ts';
import { RequestTurns } from './request-turns.ts';
import { RequestSessions } from './sessions/request-sessions.ts';
import { addSessionRoutes } from './sessions/session-routes.ts';
import { SlowBodies } from './slow-bodies.ts';
import { serveFiles } from './static-files.ts';
import { AccessWatch, recheckEveryMs as defaultRecheckEveryMs } from './streams/access-watch.ts';
import { HeldBytes } from './streams/held-bytes.ts';
import { streamKeeper } from './streams/stream-keeper.ts';
import { upgradeListener } from './streams/upgrades.ts';
import { answerUnreadable } from './unreadable.ts';

/** Cookies of five pieces, and the rest. Node's default is 16 KiB. */
const maxHeaderBytes = 32 * 1024;
/** The limit for every route that sets no other, and for unknown addresses: a body without a session is not worth memory. */
const usualBodyBytes = 4 * 1024;
const headersTimeoutMs = 10_000;
/** Longer than the usual proxy in front keeps its connections. */
const keepAliveTimeoutMs = 75_000;
/** Connections that are being closed to make room for others. Node counts them until they are closed. */
const closingConnections = 200;

const serverOptions = {
  maxHeaderSize: maxHeaderBytes,
  // Bodies have limits of their own: see `SlowBodies`.
  requestTimeout: 0,
  headersTimeout: headersTimeoutMs,
  keepAliveTimeout: keepAliveTimeoutMs,
};

/** The options of the pages of jobs that are made here; the others are options of the console itself. */
type MadeForJobPages = 'domain' | 'consoleUrl' | 'keeper' | 'gate' | 'connections';

interface AppOptions extends Omit<JobPagesOptions, MadeForJobPages> {
  readonly streams: OpenStreams;
  readonly origins: Origins;
  /** Addresses and networks of the proxies in front, whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  readonly config: ConfigSource;
  readonly version: string;
  /** The domain under which jobs have their pages; absent: they cannot be opened. */
  readonly jobDomain?: JobDomain;
  /** Folder of the built pages. */
  readonly files: string;
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
  } = options;
  const access = new AccessWatch({ clock, everyMs: recheckEveryMs });
  const connections = new OpenConnections(limits);
  const keeper = streamKeeper(streams, access, connections);
  const held = new HeldBytes(limits);
  const gate = new RequestGate(limits, clock);
  const userAgent = `neuro-console/${version}`;
  const bodies = new SlowBodies(clock);
  const pipelined = new Pipelined();
  const consoleUrl = origins[0] ?? '';
  const isHttps = consoleUrl.startsWith('https:');
  const pagesOfJobs =
    jobDomain === undefined
      ? undefined
      : jobPages({ ...options, domain: jobDomain, consoleUrl, keeper, gate, connections });
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    // The first look at each request: one for the page of a job reaches no other part of the console.
    serverFactory: (handler) =>
      createServer(serverOptions, (request, response) => {
        if (!pipelined.add(request, response)) return;
        const isUpload = pagesOfJobs?.isForJob(request) === true;
        bodies.watch(request, response, { isUpload });
        if (pagesOfJobs?.serve(request, response) !== true) handler(request, response);
      }),
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: usualBodyBytes,
    forceCloseConnections: true,
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
    clientErrorHandler: (error, connection) =>
      answerUnreadable(error, connection, { clears: isHttps && jobDomain !== undefined, clock }),
    frameworkErrors: (_error, _request, reply) => {
      answerError(new ConsoleError('MalformedRequest', 'The address of the request cannot be read.'), reply);
    },
  });
  app.server.maxConnections = limits.maxConnections + closingConnections;
  app.server.on('connection', (connection: Socket) => connections.add(connection));
  const upgrade = upgradeListener({ authenticator, origins, keeper, held, gate, userAgent, clock, log });
  app.server.on('upgrade', (request, connection, head) => {
    if (pagesOfJobs?.upgrade(request, connection, head) !== true) upgrade(request, connection, head);
  });
  app.addHook('onClose', () => pagesOfJobs?.close());

  const headers = securityHeaders({
    isHttps,
    formTargets: jobDomain === undefined ? [] : [everyOrigin(jobDomain)],
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers);
    done(refusalOf(factsOf(request.raw, { isUpgrade: false }), origins));
  });
  logRequests(app, log);
  answerErrors(app, options);

  // A body is passed on as it is, and never parsed here.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const sessions = new RequestSessions(authenticator);
  const guarded = (request: FastifyRequest, reply: FastifyReply): Promise<void> => sessions.guard(request, reply);
  const turns = new RequestTurns({ sessions, connections, gate, bodies, clock });
  addSessionRoutes(app, { authenticator, sessions, turns });
  app.get<{ Querystring: { readonly context?: string } }>(
    paths.config,
    { onRequest: [guarded, turns.begin], onSend: turns.endOnSend },
    async (request) => {
      const session = sessions.sessionOf(request);
      const opensJobs = pagesOfJobs !== undefined;
      return {
        version,
        recheckEveryMs,
        opensJobs,
        ...(await config.read(session, request.query.context ?? session.context, turns.goneOf(request))),
      };
    },
  );
  app.post(paths.open, { onRequest: [guarded, turns.begin], onSend: turns.endOnSend }, async (request) =>
    wayToJob(request.body, sessions.sessionOf(request), pagesOfJobs, turns.goneOf(request)),
  );
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: `${paths.proxy}/*`,
    bodyLimit: maxBodyBytes,
    onRequest: [guarded, turns.begin],
    handler: (request, reply) =>
      forward(request, reply, sessions.sessionOf(request), {
        keeper,
        held,
        userAgent,
        clock,
        stallLimitMs: limits.stallLimitMs,
        endTurn: () => turns.end(request),
      }),
  });
  options.addRoutes(app);
  await serveFiles(app, options.files);
  return app;
}

/** The pattern of the route is logged, never the address: names are fine, a query is not. */
function logRequests(app: FastifyInstance, log: AppOptions['log']): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '';
    log.debug(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
    done();
  });
}

function answerErrors(app: FastifyInstance, { authenticator, log }: Pick<AppOptions, 'authenticator' | 'log'>): void {
  app.setErrorHandler((error, request, reply) => {
    const known = knownError(error);
    const { url: route } = request.routeOptions;
    if (known.code === 'Internal') log.error({ error, route }, 'request failed');
    // The response does not say why. Nothing is logged for a browser that has gone, or for what anyone can send without a session.
    else if (known.cause !== undefined && known.code !== 'MalformedRequest' && !reply.raw.destroyed)
      log.info({ error: known, route }, 'request failed');
    if (isConsoleError(known, 'NoSession', 'SessionExpired'))
      void reply.header('set-cookie', [...authenticator.clearedCookies]);
    return answerError(known, reply);
  });
}
