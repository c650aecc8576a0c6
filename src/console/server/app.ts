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
  type DoneFuncWithErrOrRes,
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
import { RequestSessions } from './sessions/request-sessions.ts';
import { addSessionRoutes } from './sessions/session-routes.ts';
import { SlowBodies } from './slow-bodies.ts';
import { watchReader } from './slow-readers.ts';
import { serveFiles } from './static-files.ts';
import { AccessWatch, recheckEveryMs as defaultRecheckEveryMs } from './streams/access-watch.ts';
import { HeldBytes } from './streams/held-bytes.ts';
import { streamKeeper } from './streams/stream-keeper.ts';
import { upgradeListener } from './streams/upgrades.ts';
import { answerUnreadable } from './unreadable.ts';
import { whenOver } from './when-over.ts';

/** Cookies of five pieces, and the rest. Node's default is 16 KiB. */
const maxHeaderBytes = 32 * 1024;
/** The limit for every route that sets no other, and for unknown addresses: a body without a session is not worth memory. */
const usualBodyBytes = 4 * 1024;
const headersTimeoutMs = 10_000;
/** Longer than the usual proxy in front keeps its connections. */
const keepAliveTimeoutMs = 75_000;
/** Those that make room for others are counted by Node until they are closed. */
const closingConnections = 200;

const serverOptions = {
  maxHeaderSize: maxHeaderBytes,
  // Bodies have limits of their own: see `SlowBodies`.
  requestTimeout: 0,
  headersTimeout: headersTimeoutMs,
  keepAliveTimeout: keepAliveTimeoutMs,
};

/** What is made here for the pages of jobs; the rest of their options is the console's own. */
type MadeForJobPages = 'domain' | 'consoleUrl' | 'keeper' | 'gate' | 'connections';

interface AppOptions extends Omit<JobPagesOptions, MadeForJobPages> {
  readonly streams: OpenStreams;
  readonly origins: Origins;
  /** Addresses and networks of the proxies in front, whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  readonly config: ConfigSource;
  readonly version: string;
  /** Where the pages of jobs are; absent: they cannot be opened. */
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
    // Before anything of the console sees the request: what is for the page of a job is for nothing else here.
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
    const { url: route } = request.routeOptions;
    if (known.code === 'Internal') log.error({ error, route }, 'request failed');
    // The response does not say why. Nothing is logged for a browser that has gone, or for what anyone can send without a session.
    else if (known.cause !== undefined && known.code !== 'MalformedRequest' && !reply.raw.destroyed)
      log.info({ error: known, route }, 'request failed');
    if (isConsoleError(known, 'NoSession', 'SessionExpired'))
      void reply.header('set-cookie', [...authenticator.clearedCookies]);
    return answerError(known, reply);
  });

  // What comes as a body is passed on as it is, never parsed by us.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const requests = new RequestSessions(authenticator);
  const guarded = (request: FastifyRequest, reply: FastifyReply): Promise<void> => requests.guard(request, reply);
  const turns = new WeakMap<FastifyRequest, () => void>();
  const goings = new WeakMap<FastifyRequest, AbortSignal>();
  /** Before the body is read. */
  const inTurn = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { user } = requests.sessionOf(request);
    const bytes = bodyBytesOf(request);
    whenOver(reply.raw, connections.hold(request.raw.socket, user));
    const gone = new AbortController();
    whenOver(reply.raw, () => gone.abort(new ConsoleError('MalformedRequest', 'The browser has gone.')));
    const leave = await gate.enter(user, bytes, gone.signal);
    const heldLimitMs = (): number => gate.heldLimitMs(user, bytes);
    bodies.hasPlace(request.raw, heldLimitMs);
    const stopWatching = watchReader(reply.raw, clock, heldLimitMs);
    const endTurn = (): void => {
      stopWatching();
      leave();
    };
    whenOver(reply.raw, endTurn);
    turns.set(request, endTurn);
    goings.set(request, gone.signal);
  };
  /** For responses that the console writes itself: nothing is asked any more, and what waits to be read is small. */
  const turnEnds = (
    request: FastifyRequest,
    _reply: FastifyReply,
    payload: unknown,
    done: DoneFuncWithErrOrRes,
  ): void => {
    turns.get(request)?.();
    done(null, payload);
  };
  /** Aborts when the browser of a request that passed `inTurn` has gone: its turn is over then, and so is what is asked for it. */
  const goneOf = (request: FastifyRequest): AbortSignal => goings.get(request) ?? AbortSignal.abort();

  addSessionRoutes(app, authenticator, requests, { inTurn, turnEnds, goneOf });
  app.get<{ Querystring: { readonly context?: string } }>(
    paths.config,
    { onRequest: [guarded, inTurn], onSend: turnEnds },
    async (request) => {
      const session = requests.sessionOf(request);
      const opensJobs = pagesOfJobs !== undefined;
      return {
        version,
        recheckEveryMs,
        opensJobs,
        ...(await config.read(session, request.query.context ?? session.context, goneOf(request))),
      };
    },
  );
  app.post(paths.open, { onRequest: [guarded, inTurn], onSend: turnEnds }, async (request) =>
    wayToJob(request.body, requests.sessionOf(request), pagesOfJobs, goneOf(request)),
  );
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: `${paths.proxy}/*`,
    bodyLimit: maxBodyBytes,
    onRequest: [guarded, inTurn],
    handler: (request, reply) =>
      forward(request, reply, requests.sessionOf(request), {
        keeper,
        held,
        userAgent,
        clock,
        stallLimitMs: limits.stallLimitMs,
        endTurn: () => turns.get(request)?.(),
      }),
  });
  options.addRoutes(app);
  await serveFiles(app, options.files);
  return app;
}

/** What the body may have at most; the framework holds the request to it. */
function bodyBytesOf({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return maxBodyBytes;
  return Math.min(maxBodyBytes, Number(headers['content-length'] ?? 0) || 0);
}
