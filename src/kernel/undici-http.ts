/** HTTP by undici. It takes the least processor time for each request, so it suits a process that sends many. */
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { defined } from '../defined.ts';
import { maxHeaderBytes, type HttpAnswer, type HttpRequest, type OpenHttp } from './http.ts';
import { Pieces } from './pieces.ts';
import { secureContextOf } from './secure-context.ts';

const keepAliveMs = 30_000;

export const undiciHttp: OpenHttp = ({ origin, proxyUrl, tls, maxConnections, connectTimeoutMs }) => {
  const { servername, rejectUnauthorized } = tls;
  const verification = defined({ servername, rejectUnauthorized });
  const secureContext = secureContextOf(tls);
  const make = (connections: number | null): Dispatcher => {
    const connect = { ...verification, secureContext, timeout: connectTimeoutMs };
    // HTTP/1.1 on purpose: one lost TCP connection then ends one request, never all of them.
    const options = {
      ...{ connections, pipelining: 1, allowH2: false },
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: maxHeaderBytes,
    };
    if (proxyUrl === undefined) return new Agent({ ...options, connect });
    return new ProxyAgent({
      ...options,
      uri: proxyUrl,
      requestTls: connect,
      proxyTls: { timeout: connectTimeoutMs },
      // By default a proxy may take five minutes to say whether it is connected.
      clientFactory: (_proxy, client) => new Agent({ ...client, headersTimeout: connectTimeoutMs }),
    });
  };
  const requests = make(maxConnections);
  const streams = make(null);
  const optionsOf = ({ path, method, headers, body }: HttpRequest, timeoutMs: number, bodyTimeoutMs: number) => ({
    origin,
    path,
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    headersTimeout: timeoutMs,
    bodyTimeout: bodyTimeoutMs,
    // A DELETE has a body here, and the API server expects one: by default undici gives the connection up after it.
    reset: false,
  });
  return {
    ask: (request, maxBytes) =>
      new Promise((resolve, reject) => {
        const { signal, timeoutMs } = request;
        const answering = new Answering(maxBytes, signal, resolve, reject);
        if (signal?.aborted !== true) requests.dispatch(optionsOf(request, timeoutMs, timeoutMs), answering);
      }),
    send: ({ isStream, signal, ...request }) =>
      (isStream ? streams : requests).request({
        ...optionsOf(request, request.timeoutMs, isStream ? 0 : request.timeoutMs),
        ...(signal === undefined ? {} : { signal }),
      }),
    retire: () => {
      void requests.close();
      void streams.close();
    },
    destroy: async () => {
      await Promise.all([requests.destroy(), streams.destroy()]);
    },
  };
};

/** Collects one answer as it arrives. It replaces undici's own `request`, whose streams cost more than the answers that they carry. */
class Answering implements Dispatcher.DispatchHandler {
  readonly #pieces: Pieces;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #head: Pick<HttpAnswer, 'statusCode' | 'headers'> = { statusCode: 0, headers: {} };

  constructor(
    maxBytes: number,
    signal: AbortSignal | undefined,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#pieces = new Pieces(maxBytes);
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal?.aborted === true) this.#abort();
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The caller gave up while the request waited for a connection.
    if (this.#signal?.aborted === true) controller.abort(this.#signal.reason as Error);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: HttpAnswer['headers'],
  ): void {
    this.#head = { statusCode, headers };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const tooLarge = this.#pieces.add(chunk);
    if (tooLarge !== undefined) controller.abort(tooLarge);
  }

  onResponseEnd(): void {
    this.#end();
    this.#resolve({ ...this.#head, body: this.#pieces.whole() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#reject(error);
  }

  readonly #abort = (): void => {
    const reason = this.#signal?.reason as Error;
    this.#controller?.abort(reason);
    this.#reject(reason);
  };

  #end(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
  }
}
