/**
 * One pooled HTTP transport to one API server.
 *
 * Promises: every request has a timeout. After a 429 or 503 with `Retry-After` it waits and tries again, a bounded number of times, and then
 * rejects with the delay that the server asked for. After a 401 it gets new credentials and tries once more. Rotated tokens and certificates
 * are used within `credentialsMaxAgeMs`. If a certificate or key cannot be used, as between the two writes of a rotation, the existing
 * connections go on, and errors on them name the certificate. Every failure is a {@link KernelError}.
 * Not promised: a retry of anything else. The caller's queue does that, with backoff.
 */
import type { Readable } from 'node:stream';
import { defined } from '../defined.ts';
import { serverAddress, type Access } from './auth.ts';
import type { Credentials } from './credentials.ts';
import { sleep, systemClock, type Clock } from './clock.ts';
import { KernelError, isKernelError } from './errors.ts';
import type { HttpAnswer, HttpConnections, HttpRequest, OpenHttp } from './http.ts';
import { readWhole } from './pieces.ts';
import { errorOf, failureOf, parseJson } from './transport-answer.ts';
import { pathAndQuery, type Requester, type TransportRequest } from './transport-request.ts';

/** Requests in flight at once; the rest wait inside the client. More than the busiest controller's workers. */
const maxConnections = 64;
/** A request that has no answer by then has failed. The API server itself gives up after 60 s. */
const requestTimeoutMs = 65_000;
const connectTimeoutMs = 10_000;
/** How old cached credentials may be: client-go reads token files as often. */
const credentialsMaxAgeMs = 30_000;
/** After this many waits the caller gets the 429, and its queue decides when to try again. */
const maxRetryAfterWaits = 4;
const maxRetryAfterMs = 30_000;

export interface TransportOptions {
  readonly access: Access;
  /** `undiciHttp` for a process that sends many requests, `nodeHttp` for one that sends a few. */
  readonly http: OpenHttp;
  readonly userAgent: string;
  readonly clock?: Clock;
  /** For metrics: called once for each attempt. `status` is undefined without a whole response: no connection, cut off, or too large. */
  readonly onResponse?: (method: string, status: number | undefined, durationMs: number) => void;
  /** Called with the `Date` header of each response. */
  readonly onDate?: (date: string) => void;
}

export class Transport implements Requester {
  readonly #access: Access;
  readonly #http: OpenHttp;
  readonly #origin: string;
  readonly #pathPrefix: string;
  /** The address of the server, for messages: without credentials and query. */
  readonly #address: string;
  readonly #clock: Clock;
  readonly #userAgent: string;
  readonly #onResponse: TransportOptions['onResponse'];
  readonly #onDate: TransportOptions['onDate'];
  #credentials: { readonly at: number; readonly value: Promise<Credentials> } | undefined;
  /** The API server has refused the last ones. */
  #isRefused = false;
  /** Invariant: opened with the TLS material whose JSON is `#tlsFingerprint`. */
  #connections: HttpConnections | undefined;
  #tlsFingerprint = '';
  /** The newest TLS material that was looked at, in use or not. */
  #tls: Credentials['tls'] | undefined;
  /** Why the newest TLS material is not in use; undefined while it is. */
  #tlsProblem: KernelError | undefined;
  #closed = false;

  constructor(options: TransportOptions) {
    this.#access = options.access;
    this.#http = options.http;
    const server = new URL(options.access.server);
    this.#origin = server.origin;
    this.#pathPrefix = server.pathname.replace(/\/$/, '');
    this.#address = serverAddress(options.access);
    this.#clock = options.clock ?? systemClock;
    this.#userAgent = options.userAgent;
    this.#onResponse = options.onResponse;
    this.#onDate = options.onDate;
  }

  /** Resolves with the parsed JSON of a 2xx answer. */
  async request(request: TransportRequest): Promise<unknown> {
    let refreshed = false;
    for (let waits = 0; ;) {
      const { maxBytes = Number.POSITIVE_INFINITY } = request;
      const answer = await this.#send(request, (connections, sent) => connections.ask(sent, maxBytes));
      if (answer.statusCode < 300) {
        request.onBytes?.(answer.body.length);
        return parseJson(answer.body.toString('utf8'), request);
      }
      const error = errorOf(answer, request);
      if (error.code === 'Unauthorized' && !refreshed) {
        refreshed = true;
        this.#refuse();
        continue;
      }
      if (error.retryAfterMs === undefined || waits >= maxRetryAfterWaits) throw this.#explained(error);
      waits += 1;
      await sleep(Math.min(error.retryAfterMs, maxRetryAfterMs), {
        clock: this.#clock,
        ...defined({ signal: request.signal }),
      });
    }
  }

  /** Resolves with the body as it arrives: a watch or a log. The caller ends it by `signal`. */
  async stream(request: TransportRequest): Promise<Readable> {
    const { statusCode, headers, body } = await this.#send(request, (connections, sent) =>
      connections.send({ ...sent, isStream: true }),
    );
    if (statusCode < 300) return body;
    // The body of a stream may be silent; the body of an error may not be.
    const timeoutMs = request.timeoutMs ?? requestTimeoutMs;
    const cancel = this.#clock.schedule(() => body.destroy(new Error('no end in time')), timeoutMs);
    try {
      const error = errorOf({ statusCode, headers, body: await readWhole(body, Number.POSITIVE_INFINITY) }, request);
      if (error.code === 'Unauthorized') this.#refuse();
      throw this.#explained(error);
    } catch (cause) {
      throw failureOf(cause, request);
    } finally {
      cancel();
    }
  }

  /** Ends all connections; requests after it fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const connections = this.#connections;
    this.#connections = undefined;
    await connections?.destroy();
  }

  async #send<T extends Pick<HttpAnswer, 'statusCode' | 'headers'>>(
    request: TransportRequest,
    by: (connections: HttpConnections, sent: HttpRequest) => Promise<T>,
  ): Promise<T> {
    const startedAt = this.#clock.steadyNow();
    let status: number | undefined;
    try {
      if (this.#closed) throw new KernelError('Network', 'the transport is closed');
      const credentials = await this.#currentCredentials();
      const response = await by(this.#connectionsFor(credentials), {
        path: `${this.#pathPrefix}${pathAndQuery(request)}`,
        method: request.method,
        headers: {
          ...credentials.headers,
          accept: request.accept ?? 'application/json',
          'user-agent': this.#userAgent,
          ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...defined({ signal: request.signal }),
        timeoutMs: request.timeoutMs ?? requestTimeoutMs,
      });
      status = response.statusCode;
      const { date } = response.headers;
      if (typeof date === 'string') this.#onDate?.(date);
      return response;
    } catch (cause) {
      throw this.#explained(failureOf(cause, request));
    } finally {
      this.#onResponse?.(request.method, status, this.#clock.steadyNow() - startedAt);
    }
  }

  #refuse(): void {
    this.#credentials = undefined;
    this.#isRefused = true;
  }

  async #currentCredentials(): Promise<Credentials> {
    const now = this.#clock.steadyNow();
    if (this.#credentials === undefined || now - this.#credentials.at > credentialsMaxAgeMs) {
      this.#credentials = { at: now, value: this.#access.credentials({ isRefused: this.#isRefused }) };
      this.#isRefused = false;
    }
    try {
      return await this.#credentials.value;
    } catch (cause) {
      this.#credentials = undefined;
      throw new KernelError('Unauthorized', `getting credentials for ${this.#address} failed`, { cause });
    }
  }

  #connectionsFor({ tls }: Credentials): HttpConnections {
    const former = this.#connections;
    if (former !== undefined && tls === this.#tls) return former;
    const fingerprint = JSON.stringify(tls);
    const opened = former !== undefined && fingerprint === this.#tlsFingerprint ? former : this.#open(tls);
    if (opened instanceof KernelError) {
      if (former === undefined) {
        // The next request reads them again.
        this.#credentials = undefined;
        throw opened;
      }
      this.#tls = tls;
      this.#tlsProblem = opened;
      return former;
    }
    // Requests under way on the former connections end by themselves; watches are re-opened by their own deadline.
    if (former !== opened) former?.retire();
    this.#connections = opened;
    this.#tlsFingerprint = fingerprint;
    this.#tls = tls;
    this.#tlsProblem = undefined;
    return opened;
  }

  /** Returns an error where a certificate and its key do not match, as between the two writes of a rotation, or where one is damaged. */
  #open(tls: Credentials['tls']): HttpConnections | KernelError {
    const { proxyUrl } = this.#access;
    try {
      const clock = this.#clock;
      return this.#http({ origin: this.#origin, proxyUrl, tls, maxConnections, connectTimeoutMs, clock });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'unknown';
      return new KernelError('Network', `opening connections to ${this.#address} failed: ${reason}`, { cause });
    }
  }

  /** Adds to an error on an existing connection that the newest TLS material cannot be used, because that may be the reason. */
  #explained(error: Error): Error {
    const problem = this.#tlsProblem;
    if (problem === undefined || !isKernelError(error, 'Network', 'Unauthorized')) return error;
    // The next request reads them again.
    this.#credentials = undefined;
    const { code, message, status, cause = problem.cause } = error;
    return new KernelError(code, `${message}; ${problem.message}`, { ...defined({ status }), cause });
  }
}
