/**
 * A real HTTP(S) server on loopback in front of a {@link ModelApi}, whose answers a test can script: the faults of
 * `faults.ts` are taken in order, each for one request that it matches; everything else is answered as it should be.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Access, TlsMaterial } from '../../src/kernel/index.ts';
import { ModelApi, eventLine, failure, type ApiRequest, type ModelEvent } from './model-api.ts';

interface Exchange {
  readonly request: SeenRequest;
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Answers as the model does. */
  readonly pass: () => void;
}

export interface SeenRequest extends ApiRequest {
  readonly headers: IncomingMessage['headers'];
  readonly isWatch: boolean;
}

export type Fault = (exchange: Exchange) => void | Promise<void>;

interface FakeApiServerOptions {
  /** With `ca` and `requestCert`, clients need a certificate of that authority. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string; readonly requestCert?: boolean };
  readonly port?: number;
  readonly model?: ModelApi;
}

export class FakeApiServer {
  readonly model: ModelApi;
  /** Every request, in the order of arrival. */
  readonly requests: SeenRequest[] = [];
  /** When set, a request with another bearer token is answered 401. */
  token: string | undefined;
  readonly #script: { readonly matches: (request: SeenRequest) => boolean; readonly fault: Fault }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server;
  readonly #scheme: 'http' | 'https';
  connectionCount = 0;

  private constructor(options: FakeApiServerOptions) {
    this.model = options.model ?? new ModelApi();
    const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
      void this.#answer(incoming, response);
    };
    this.#scheme = options.tls === undefined ? 'http' : 'https';
    this.#server = options.tls === undefined ? createHttpServer(listener) : createHttpsServer(options.tls, listener);
    // As a real one, which keeps idle connections for minutes: a request of a process that did much else for five seconds is not lost.
    this.#server.keepAliveTimeout = 0;
    this.#server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.connectionCount += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  static async start(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
    const fake = new FakeApiServer(options);
    await new Promise<void>((resolve) => fake.#server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${String(this.port)}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** What `Transport` needs; `token` and `tls` are asked for each time that credentials are. */
  access(options: { readonly token?: () => string; readonly tls?: () => TlsMaterial } = {}): Access {
    return {
      server: this.url,
      namespace: 'default',
      clusterName: 'fake',
      credentials: () =>
        Promise.resolve({
          headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token()}` },
          tls: options.tls?.() ?? {},
        }),
    };
  }

  /** The next requests that match meet these faults, one each, in order. */
  script(matches: (request: SeenRequest) => boolean, ...faults: readonly Fault[]): void {
    this.#script.push(...faults.map((fault) => ({ matches, fault })));
  }

  get scriptedLeft(): number {
    return this.#script.length;
  }

  watches(): readonly SeenRequest[] {
    return this.requests.filter((request) => request.isWatch);
  }

  lists(): readonly SeenRequest[] {
    return this.requests.filter((request) => request.method === 'GET' && !request.isWatch);
  }

  writes(): readonly SeenRequest[] {
    return this.requests.filter((request) => request.method !== 'GET');
  }

  /** Takes requests for another protocol: WebSockets. */
  onUpgrade(listener: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void): void {
    this.#server.on('upgrade', listener);
  }

  /** Breaks every connection that is open. */
  reset(): void {
    for (const socket of this.#sockets) {
      if (this.#scheme === 'https') socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** Takes another certificate for the connections to come, and ends those that are open. */
  changeCertificate(tls: { readonly cert: string; readonly key: string }): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(tls);
    this.reset();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    if (request === undefined) return;
    this.requests.push(request);
    const exchange: Exchange = {
      request,
      response,
      socket: incoming.socket,
      pass: () => answerFromModel(this.model, request, response),
    };
    const next = this.#script.findIndex(({ matches }) => matches(request));
    const [scripted] = next === -1 ? [] : this.#script.splice(next, 1);
    if (scripted !== undefined) {
      await scripted.fault(exchange);
    } else if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      sendJson(response, failure(401, 'Unauthorized', 'Unauthorized'));
    } else {
      exchange.pass();
    }
  }
}

async function read(incoming: IncomingMessage): Promise<SeenRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // The client went away.
    return undefined;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const query = Object.fromEntries(url.searchParams);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query,
    headers: incoming.headers,
    isWatch: query['watch'] === 'true',
    metadataOnly: incoming.headers.accept?.includes('PartialObjectMetadata') === true,
    ...(text === '' ? {} : { body: JSON.parse(text) as unknown }),
  };
}

export function sendJson(
  response: ServerResponse,
  answer: { readonly status: number; readonly body: unknown },
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(answer.status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(answer.body));
}

function answerFromModel(model: ModelApi, request: SeenRequest, response: ServerResponse): void {
  const answer = model.handle(request);
  if (!('watch' in answer)) {
    sendJson(response, answer);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const write = (event: ModelEvent): void => {
    response.write(eventLine(event));
  };
  answer.watch.backlog.forEach(write);
  const leave = answer.watch.follow(write);
  response.on('close', leave);
}
