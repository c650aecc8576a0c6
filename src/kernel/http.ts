/** What the transport needs of an HTTP client: connections to one API server, kept and shared. */
import type { Readable } from 'node:stream';
import type { TlsMaterial } from './credentials.ts';
import type { Clock } from './clock.ts';

/** The headers of one response. Proxies and warnings add to them. The runtime's own limit is 16 KiB, and that of kubectl is 10 MiB. */
export const maxHeaderBytes = 1024 * 1024;

export interface HttpRequest {
  readonly method: string;
  /** The path, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
  /** The longest wait for the head of the response, and between two pieces of its body. */
  readonly timeoutMs: number;
}

/** Where a request failed: connecting, connecting through the proxy, waiting for the head of the response, or reading its body. */
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
   * Resolves with the whole response. Rejects when there is none, and with `TooLarge` when it has more bytes. The `code` of an error from a
   * time limit contains TIMEOUT or TIMEDOUT; `nodeHttp` adds the `phase` and the `limitMs`.
   */
  ask(request: HttpRequest, maxBytes: number): Promise<HttpAnswer>;
  /** Resolves as soon as the head of the answer is there. */
  send(request: HttpStreamRequest): Promise<HttpResponse>;
  /** Takes no more requests; requests under way go on to their end. */
  retire(): void;
  /** Ends all connections at once. */
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
  /** By default the clock of the system. `undiciHttp` does not use it, and has timers of its own. */
  readonly clock?: Clock;
}

/** Throws where the TLS material cannot be used, before anything is opened. */
export type OpenHttp = (target: HttpTarget) => HttpConnections;
