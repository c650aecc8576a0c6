/**
 * The page of a job: HTTP and WebSockets from its own origin to the port of its Pod.
 *
 * Promise: no request reaches a job without a session of somebody who may forward its port now; the job sees neither the session nor a token of
 * the user; each message is framed again here, so that both sides agree where it ends.
 * Not promised: anything about what the job itself answers; it can do nothing outside of its origin.
 */
import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { parseCookie } from 'cookie';
import { asError, type Clock, type Logger } from '../../../kernel/index.ts';
import { destroyAfter } from '../destroy-after.ts';
import { endConnection, lingerMs } from '../end-connection.ts';
import { ConsoleError, isConsoleError, noSession } from '../errors.ts';
import type { OpenConnections } from '../open-connections.ts';
import { factsOf } from '../origin.ts';
import type { RequestGate } from '../proxy/request-gate.ts';
import type { Authenticator, UserSession } from '../sessions/authenticator.ts';
import { whenOver } from '../when-over.ts';
import { originOf, type JobDomain, type JobPlace } from './job-origin.ts';
import { openPath, refusedOnJob } from './job-request.ts';
import type { JobTickets } from './job-tickets.ts';
import { sendNotice, sendOn } from './notice-page.ts';
import type { OpenedJobs } from './opened-jobs.ts';
import { headersForBrowser, headersForJob, type PassedHeaders } from './passed-headers.ts';

/** A ticket with a session of 13 KiB in it. */
const maxTicketBytes = 64 * 1024;

interface ServeJobOptions {
  readonly authenticator: Authenticator;
  readonly domain: JobDomain;
  readonly consoleUrl: string;
  readonly tickets: JobTickets;
  readonly jobs: OpenedJobs;
  /** Limits requests to jobs only. Requests to the API server have another gate. */
  readonly gate: RequestGate;
  readonly connections: OpenConnections;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Found {
  readonly session: UserSession;
  readonly place: JobPlace;
  /** Cookies to set, where the session's cookie is to be renewed. */
  readonly setCookies: readonly string[];
}

export async function serveJob(
  request: IncomingMessage,
  response: ServerResponse,
  label: string,
  options: ServeJobOptions,
): Promise<void> {
  const { domain, consoleUrl, tickets, gate, connections, log } = options;
  try {
    const refusal = refusedOnJob(factsOf(request, { isUpgrade: false }), originOf(label, domain));
    if (refusal !== undefined) throw refusal;
    if (request.method === 'POST' && request.url === openPath) {
      const opened = await tickets.redeem(await ticketIn(request), label);
      if (opened === undefined) throw ticketUsed();
      sendOn(response, await tickets.cookies(opened));
      return;
    }
    const found = await sessionOf(request, label, options);
    const gone = new AbortController();
    whenOver(response, () => gone.abort(new ConsoleError('MalformedRequest', 'The browser has gone.')));
    whenOver(response, connections.hold(request.socket, found.session.user));
    const endTurn = await gate.enter(found.session.user, 0, gone.signal);
    whenOver(response, endTurn);
    if (!response.destroyed) await forwardRequest(request, response, found, options, gone.signal);
    // A response that goes on, such as a page's news, is a connection to the job, which counts among the streams of its user.
    endTurn();
  } catch (error) {
    const known = asConsoleError(error, log);
    if (!response.destroyed) sendNotice(response, known.status, { sentence: known.message, consoleUrl });
  }
}

/** Resolves when the head of the answer has gone out. */
function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { session, place, setCookies }: Found,
  { jobs, tickets, domain: { scheme } }: ServeJobOptions,
  signal: AbortSignal,
): Promise<void> {
  const { method = 'GET', url = '/', headersDistinct } = request;
  const pass = { cookiePrefix: tickets.cookieName };
  const framing = framingOf(request);
  const headers = { ...headersForJob(headersDistinct, { ...pass, scheme }), ...framing };
  const agent = jobs.agentOf(session, place);
  return new Promise((resolve, reject) => {
    const attempt = (isSecond: boolean): void => {
      const outgoing = send({ method, path: url, headers: mutable(headers), agent, setHost: false, signal });
      outgoing.once('response', (answer) => {
        answer.on('error', () => undefined);
        const passed = headersForBrowser(answer.headersDistinct, pass);
        try {
          response.writeHead(answer.statusCode ?? 502, mutable(withCookies(passed, setCookies)));
        } catch (error) {
          // A status or a header that HTTP does not have: whatever a job sends, it ends this request and no other.
          answer.destroy();
          reject(asError(error));
          return;
        }
        answer.on('close', () => answer.complete || response.destroy());
        answer.pipe(response);
        resolve();
      });
      // A change of protocol that nobody asked for.
      outgoing.once('upgrade', (_answer, connection: Duplex) => {
        connection.destroy();
        reject(new Error('an upgrade that nobody asked for'));
      });
      let hasFailed = false;
      outgoing.on('error', (error) => {
        if (hasFailed) return;
        hasFailed = true;
        // The job closed a connection that was kept, in the moment in which it was used again.
        if (
          outgoing.reusedSocket &&
          !isSecond &&
          framing === undefined &&
          ['GET', 'HEAD'].includes(method) &&
          !response.headersSent &&
          !signal.aborted
        )
          attempt(true);
        else if (response.headersSent) response.destroy();
        else reject(error);
      });
      if (framing === undefined) outgoing.end();
      else request.pipe(outgoing);
    };
    attempt(false);
  });
}

export async function upgradeToJob(
  request: IncomingMessage,
  connection: Duplex,
  head: Buffer,
  label: string,
  options: ServeJobOptions,
): Promise<void> {
  const { domain, jobs, tickets, connections, clock, log } = options;
  connection.on('error', () => connection.destroy());
  try {
    if (
      request.method !== 'GET' ||
      request.headers.upgrade?.toLowerCase() !== 'websocket' ||
      framingOf(request) !== undefined
    )
      throw new ConsoleError('MalformedRequest', 'Only WebSockets are spoken here besides HTTP.');
    const refusal = refusedOnJob(factsOf(request, { isUpgrade: true }), originOf(label, domain));
    if (refusal !== undefined) throw refusal;
    const { session, place } = await sessionOf(request, label, options);
    const pass = { cookiePrefix: tickets.cookieName };
    if (connection.destroyed) return;
    const toJob = jobs.connect(session, place);
    toJob.once('close', connections.hold(connection, session.user));
    connection.once('close', () => toJob.destroy());
    // A browser that has said all has gone; what it said last is given time to arrive.
    connection.once('end', () => destroyAfter(toJob, lingerMs, clock));
    const outgoing = send({
      method: 'GET',
      path: request.url ?? '/',
      headers: mutable({
        ...headersForJob(request.headersDistinct, { ...pass, scheme: domain.scheme }),
        connection: 'Upgrade',
        upgrade: 'websocket',
      }),
      setHost: false,
      createConnection: () => toJob,
    });
    outgoing.on('error', (error) => refuse(connection, asConsoleError(error, log), clock));
    outgoing.once('response', (answer) => refuseAs(connection, answer, clock));
    outgoing.once('upgrade', (answer, _socket, first) => {
      const passed = {
        ...headersForBrowser(answer.headersDistinct, pass),
        connection: 'Upgrade',
        upgrade: 'websocket',
      };
      connection.write(`HTTP/1.1 101 Switching Protocols\r\n${lines(passed)}\r\n`, 'latin1');
      if (first.length > 0) connection.write(first);
      if (head.length > 0) toJob.write(head);
      // The job's last bytes still go out; what is cut is cut at once.
      toJob.once('close', () => {
        if (toJob.readableEnded) connection.end(() => connection.destroy());
        else connection.destroy();
      });
      connection.pipe(toJob);
      toJob.pipe(connection);
    });
    outgoing.end();
  } catch (error) {
    refuse(connection, asConsoleError(error, log), clock);
  }
}

async function sessionOf(
  request: IncomingMessage,
  label: string,
  { tickets, authenticator }: ServeJobOptions,
): Promise<Found> {
  const opened = await tickets.opened(parseCookie(request.headers.cookie ?? ''), label);
  const restored = opened === undefined ? undefined : await authenticator.restore(opened.carried);
  if (opened === undefined || restored === undefined) throw notOpen();
  const { session, isRenewed } = restored;
  const { place } = opened;
  return {
    session,
    place,
    setCookies: isRenewed ? await tickets.cookies({ place, carried: authenticator.carry(session) }) : [],
  };
}

/** How the body is framed towards the job: as it came, and in one way only. Undefined: there is none. */
function framingOf({ headersDistinct }: IncomingMessage): Record<string, string> | undefined {
  const coding = headersDistinct['transfer-encoding'];
  const length = headersDistinct['content-length'];
  if (coding === undefined && length === undefined) return undefined;
  const isOne = coding === undefined ? length?.length === 1 && /^\d+$/.test(length[0] ?? '') : length === undefined;
  if (!isOne || (coding !== undefined && coding.join(',').trim().toLowerCase() !== 'chunked'))
    throw new ConsoleError('MalformedRequest', 'The length of the request cannot be read in one way only.');
  return coding === undefined ? { 'content-length': length?.[0] ?? '0' } : { 'transfer-encoding': 'chunked' };
}

async function ticketIn(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    body += chunk.toString('latin1');
    if (body.length > maxTicketBytes) throw ticketUsed();
  }
  return new URLSearchParams(body).get('ticket') ?? '';
}

function withCookies(passed: PassedHeaders, setCookies: readonly string[]): PassedHeaders {
  const own = [passed['set-cookie'] ?? []].flat();
  return setCookies.length === 0 ? passed : { ...passed, 'set-cookie': [...own, ...setCookies] };
}

function mutable(headers: PassedHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

/** Values come from Node's parser, which lets no line break through. */
function lines(headers: PassedHeaders): string {
  return Object.entries(headers)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`))
    .join('');
}

function refuseAs(connection: Duplex, answer: IncomingMessage, clock: Clock): void {
  answer.resume();
  endConnection(
    connection,
    `HTTP/1.1 ${String(answer.statusCode ?? 502)} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    clock,
  );
}

function refuse(connection: Duplex, { status, message }: ConsoleError, clock: Clock): void {
  endConnection(
    connection,
    `HTTP/1.1 ${String(status)} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n` +
      `Content-Length: ${String(Buffer.byteLength(message))}\r\nConnection: close\r\n\r\n${message}`,
    clock,
  );
}

function asConsoleError(error: unknown, log: Logger): ConsoleError {
  if (isConsoleError(error)) return error;
  // The names of the error alone: an address can hold what only its user may know.
  log.debug({ code: (error as { readonly code?: string }).code }, 'the page of a job failed');
  return new ConsoleError('JobNotReachable', 'The job closed the connection: see its output, then reload.', {
    cause: error,
  });
}

function notOpen(): ConsoleError {
  const { code } = noSession();
  return new ConsoleError(code, 'This browser has no open session for this job. Open the job from the console.');
}

function ticketUsed(): ConsoleError {
  return new ConsoleError(
    'NoSession',
    'This way into the job was used already, or is too old. Open the job from the console again.',
  );
}
