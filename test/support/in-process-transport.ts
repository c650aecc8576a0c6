/**
 * A transport without a network, for tests that own time: each request is answered by a {@link ModelApi}, or meets what
 * `intercept` answers instead. Requests are settled in order by promises alone, so a run is repeated exactly.
 */
import { PassThrough, type Readable } from 'node:stream';
import { sleep, type Clock, type Requester, type TransportRequest } from '../../src/kernel/index.ts';
import { statusError } from '../../src/kernel/transport-answer.ts';
import { eventLine, wireText, type ApiRequest, type ModelApi, type ModelEvent } from './model-api.ts';

/** An error rejects; `lost` does the request and then loses the answer; `hang` never answers. */
export type Interception = Error | 'pass' | 'lost' | 'hang';

interface InProcessTransportOptions {
  readonly model: ModelApi;
  readonly intercept?: (request: TransportRequest) => Interception;
  /** How long the way is, each time; needs `clock`. Events of one watch stay in order. */
  readonly latencyMs?: () => number;
  readonly clock?: Clock;
  /** Called with every watch that is opened, for tests that break it. */
  readonly onWatch?: (body: PassThrough) => void;
}

export class InProcessTransport implements Requester {
  readonly requests: TransportRequest[] = [];
  readonly #options: InProcessTransportOptions;

  constructor(options: InProcessTransportOptions) {
    this.#options = options;
  }

  async request(request: TransportRequest): Promise<unknown> {
    const mode = await this.#meet(request);
    const answer = this.#options.model.handle(toApi(request));
    await this.#travel(request);
    if (mode === 'lost') throw new Error('the answer was lost');
    if ('watch' in answer) throw new Error('a watch is a stream');
    if (answer.status >= 300) throw statusError(answer.body as object, answer.status, request);
    return JSON.parse(wireText(answer.body));
  }

  async stream(request: TransportRequest): Promise<Readable> {
    await this.#meet(request);
    const answer = this.#options.model.handle(toApi(request));
    if (!('watch' in answer)) throw statusError(answer.body ?? {}, answer.status, request);
    const body = new PassThrough();
    const write = this.#inOrder((event: ModelEvent) => {
      if (!body.destroyed && !body.writableEnded) body.write(eventLine(event));
    });
    answer.watch.backlog.forEach(write);
    const leave = answer.watch.follow(write);
    const abort = (): void => {
      body.destroy(new Error('aborted'));
    };
    request.signal?.addEventListener('abort', abort, { once: true });
    body.on('error', () => undefined);
    body.on('close', () => {
      leave();
      request.signal?.removeEventListener('abort', abort);
    });
    this.#options.onWatch?.(body);
    return body;
  }

  async #meet(request: TransportRequest): Promise<'pass' | 'lost'> {
    this.requests.push(request);
    await this.#travel(request);
    request.signal?.throwIfAborted();
    const met = this.#options.intercept?.(request) ?? 'pass';
    if (met instanceof Error) throw met;
    if (met !== 'hang') return met;
    return new Promise((_resolve, reject) => {
      request.signal?.addEventListener('abort', () => reject(request.signal?.reason as Error), { once: true });
    });
  }

  async #travel({ signal }: TransportRequest): Promise<void> {
    const { clock, latencyMs } = this.#options;
    if (clock === undefined || latencyMs === undefined) return Promise.resolve();
    return sleep(latencyMs(), { clock, ...(signal === undefined ? {} : { signal }) });
  }

  /** Each call happens after its own latency, and not before the one before it. */
  #inOrder<A>(call: (argument: A) => void): (argument: A) => void {
    const { clock, latencyMs } = this.#options;
    if (clock === undefined || latencyMs === undefined) return call;
    const waiting: A[] = [];
    let isUnderWay = false;
    const next = (): void => {
      isUnderWay = waiting.length > 0;
      if (!isUnderWay) return;
      clock.schedule(() => {
        for (const argument of waiting.splice(0, 1)) call(argument);
        next();
      }, latencyMs());
    };
    return (argument) => {
      waiting.push(argument);
      if (!isUnderWay) next();
    };
  }
}

function toApi(request: TransportRequest): ApiRequest {
  const query = Object.fromEntries(
    Object.entries(request.query ?? {}).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  );
  return {
    method: request.method,
    path: request.path,
    query,
    metadataOnly: request.accept?.includes('PartialObjectMetadata') === true,
    ...(request.body === undefined ? {} : { body: JSON.parse(JSON.stringify(request.body)) as unknown }),
  };
}
