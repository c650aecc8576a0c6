/**
 * The way to one API server: a pool of connections, with no credentials of its own unless TLS carries them.
 * Promise: every failure to get an answer is a `ConsoleError` with `ApiServerUnreachable`; redirects are not followed.
 */
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import type { TlsMaterial } from '../../../kernel/index.ts';
import { ConsoleError } from '../errors.ts';

/** Requests in flight at once to one API server; the rest wait inside the agent. */
const maxConnections = 128;
const connectTimeoutMs = 10_000;
/** The API server itself gives up after 60 s. */
export const answerTimeoutMs = 65_000;

export interface UpstreamAddress {
  readonly server: string;
  readonly tls: TlsMaterial;
  readonly proxyUrl?: string;
}

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly signal?: AbortSignal;
  /** The body may be silent for as long as it likes. */
  readonly isStream?: boolean;
}

export class Upstream {
  readonly address: UpstreamAddress;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #requests: Dispatcher;
  readonly #streams: Dispatcher;

  constructor(address: UpstreamAddress) {
    this.address = address;
    const url = new URL(address.server);
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/+$/, '');
    this.#requests = agentFor(address, maxConnections);
    this.#streams = agentFor(address, null);
  }

  async request(request: UpstreamRequest): Promise<Dispatcher.ResponseData> {
    const isStream = request.isStream === true;
    try {
      return await (isStream ? this.#streams : this.#requests).request({
        origin: this.#origin,
        path: `${this.#prefix}${request.path}`,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        headersTimeout: answerTimeoutMs,
        bodyTimeout: isStream ? 0 : answerTimeoutMs,
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
    } catch (cause) {
      throw unreachable(cause);
    }
  }

  /** Address of a WebSocket there. */
  webSocketUrl(path: string): string {
    return `${this.#origin.replace(/^http/, 'ws')}${this.#prefix}${path}`;
  }

  async close(): Promise<void> {
    await Promise.all([this.#requests.destroy(), this.#streams.destroy()]);
  }
}

export function unreachable(cause: unknown): ConsoleError {
  return new ConsoleError(
    'ApiServerUnreachable',
    'The API server of the cluster does not answer: try again in a moment, and look whether the cluster runs.',
    { cause },
  );
}

function agentFor({ tls, proxyUrl }: UpstreamAddress, connections: number | null): Dispatcher {
  const connect = { ...tls, timeout: connectTimeoutMs };
  // HTTP/1.1 on purpose: one lost TCP connection then ends one request, never all of them.
  const options = { connections, pipelining: 1, allowH2: false, keepAliveTimeout: 30_000 };
  return proxyUrl === undefined
    ? new Agent({ ...options, connect })
    : new ProxyAgent({ ...options, uri: proxyUrl, requestTls: connect });
}

/** Upstreams by address and TLS material: where client certificates rotate, the new ones get new connections. */
export class Upstreams {
  /** Few: one a context, and one more for each rotation within a run. */
  static readonly #max = 64;
  readonly #known = new Map<string, Upstream>();

  of(address: UpstreamAddress): Upstream {
    const key = JSON.stringify(address);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [eldest] = this.#known.keys();
    if (this.#known.size >= Upstreams.#max && eldest !== undefined) {
      void this.#known.get(eldest)?.close();
      this.#known.delete(eldest);
    }
    const made = new Upstream(address);
    this.#known.set(key, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#known.values()].map((upstream) => upstream.close()));
    this.#known.clear();
  }
}
