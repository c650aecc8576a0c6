/** What the transport needs of an HTTP client: connections to one API server, kept and shared. */
import type { Readable } from 'node:stream';
import type { TlsMaterial } from './credentials.ts';
import type { Clock } from './clock.ts';

/** Of the headers of one answer. Proxies and warnings add to them; the runtime's own limit is 16 KiB, that of kubectl 10 MiB. */
export const maxHeaderBytes = 1024 * 1024;

export interface HttpRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
  /** The head of the answer must be there by then, and between two pieces of its body no more may pass. */
  readonly timeoutMs: number;
}

/** How far a request came that failed: no connection, none behind the proxy, no head of the answer, no end of its body. */
export type HttpPhase = 'connection' | 'tunnel' | 'answer' | 'end';

interface HttpStreamRequest extends HttpRequest {
  /** The body may be silent for as long as it likes, and no other request waits for its connection. */
  readonly isStream: boolean;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: HttpResponse['headers'];
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

export interface HttpConnections {
  /**
   * Resolves with the whole answer. Rejects when there is none, or it has more bytes (`TooLarge`); an error that a time limit made has a
   * `code` with TIMEOUT or TIMEDOUT in it. `nodeHttp` adds the `phase` of it and its `limitMs`.
   */
  ask(request: HttpRequest, maxBytes: number): Promise<HttpAnswer>;
  /** Resolves as soon as the head of the answer is there. */
  send(request: HttpStreamRequest): Promise<HttpResponse>;
  /** Takes no more requests; what is under way comes to its end. */
  retire(): void;
  /** Ends all at once. */
  destroy(): Promise<void>;
}

export interface HttpTarget {
  /** `https://host:port` */
  readonly origin: string;
  readonly proxyUrl: string | undefined;
  readonly tls: TlsMaterial;
  /** Connections for requests; streams come on top. */
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  /** By default that of the system. `undiciHttp` has timers of its own. */
  readonly clock?: Clock;
}

/** Throws where the TLS material cannot be used, before anything is opened. */
export type OpenHttp = (target: HttpTarget) => HttpConnections;
