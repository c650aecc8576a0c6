/**
 * The way to one API server: pooled connections, with no credentials of their own unless TLS carries them.
 * Promise: every failure to get a response is a `ConsoleError` with `ApiServerUnreachable`; redirects are not followed.
 */
import { undiciHttp, type HttpConnections, type HttpResponse, type TlsMaterial } from '../../../kernel/index.ts';
import { ConsoleError } from '../errors.ts';

/** Requests in flight at once to one API server; the rest wait inside the pool. As many as have a turn at most, questions and logins included. */
const maxConnections = 512;
const connectTimeoutMs = 10_000;
/** The API server itself gives up after 60 s. */
const responseTimeoutMs = 65_000;

export interface UpstreamAddress {
  readonly server: string;
  readonly tls: TlsMaterial;
  readonly proxyUrl?: string;
}

interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: Buffer | string;
  readonly signal?: AbortSignal;
  /** The body may be silent for as long as it likes. */
  readonly isStream?: boolean;
}

export class Upstream {
  readonly address: UpstreamAddress;
  readonly #prefix: string;
  readonly #connections: HttpConnections;

  constructor(address: UpstreamAddress) {
    this.address = address;
    const { origin, pathname } = new URL(address.server);
    this.#prefix = pathname.replace(/\/+$/, '');
    const { tls, proxyUrl } = address;
    this.#connections = undiciHttp({ origin, proxyUrl, tls, maxConnections, connectTimeoutMs });
  }

  async request({ path, isStream = false, ...request }: UpstreamRequest): Promise<HttpResponse> {
    try {
      return await this.#connections.send({
        ...request,
        path: `${this.#prefix}${path}`,
        timeoutMs: responseTimeoutMs,
        isStream,
      });
    } catch (cause) {
      throw unreachable(cause);
    }
  }

  close(): Promise<void> {
    return this.#connections.destroy();
  }
}

export function unreachable(cause: unknown): ConsoleError {
  return new ConsoleError(
    'ApiServerUnreachable',
    'The API server of the cluster does not answer: try again in a moment, and check whether the cluster runs.',
    { cause },
  );
}

/** Upstreams by address and TLS material: where client certificates rotate, the new ones get new connections. */
export class Upstreams {
  /** Few: one a context, and one more for each rotation within a run. */
  static readonly #max = 64;
  readonly #known = new Map<string, Upstream>();

  /** Throws where the TLS material cannot be used. */
  of(address: UpstreamAddress): Upstream {
    const key = JSON.stringify(address);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = new Upstream(address);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= Upstreams.#max && oldest !== undefined) {
      void this.#known.get(oldest)?.close();
      this.#known.delete(oldest);
    }
    this.#known.set(key, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#known.values()].map((upstream) => upstream.close()));
    this.#known.clear();
  }
}
