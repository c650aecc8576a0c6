/** HTTP by the client that is built into the runtime. It loads fastest, so it suits a process that sends a few requests and ends. */
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { defined } from '../defined.ts';
import { systemClock, type Clock } from './clock.ts';
import { httpTimeout } from './http-timeout.ts';
import {
  maxHeaderBytes,
  type HttpConnections,
  type HttpPhase,
  type HttpRequest,
  type HttpResponse,
  type HttpTarget,
  type OpenHttp,
} from './http.ts';
import { readWhole } from './pieces.ts';
import { limitTunnels } from './proxy-tunnel.ts';
import { secureContextOf } from './secure-context.ts';
import { Semaphore } from './semaphore.ts';

// An import of this module reads every name that it exports, and one of them loads all of `fetch`: half the time of a short command.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

export const nodeHttp: OpenHttp = (target) => {
  const { origin, proxyUrl, tls, maxConnections, connectTimeoutMs, clock = systemClock } = target;
  const isPlain = origin.startsWith('http:');
  const options = {
    keepAlive: true,
    maxSockets: maxConnections,
    ...(proxyUrl === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl } }),
  };
  const { servername, rejectUnauthorized } = tls;
  const secure = isPlain ? {} : { ...defined({ servername, rejectUnauthorized }), secureContext: secureContextOf(tls) };
  const endTunnels: (() => void)[] = [];
  const make = () => {
    if (isPlain) return new http.Agent(options);
    const agent = new https.Agent({ ...options, ...secure });
    if (proxyUrl !== undefined) endTunnels.push(limitTunnels(agent, { limitMs: connectTimeoutMs, clock }));
    return agent;
  };
  const requests = make();
  const streams = make();
  streams.maxSockets = Number.POSITIVE_INFINITY;
  const open = isPlain ? http.request : https.request;
  const places = new Semaphore(maxConnections);
  let isDestroyed = false;
  const begin = ({ path, method, headers, body, signal }: HttpRequest, agent: Agent): ClientRequest =>
    open(`${origin}${path}`, {
      agent,
      method,
      maxHeaderSize: maxHeaderBytes,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
      ...defined({ signal }),
    });
  /** Limits the connections itself, because the agent does not count those that a proxy has not made yet. */
  const beginWithinLimit = async (request: HttpRequest): Promise<ClientRequest> => {
    const { timeoutMs, signal } = request;
    // A request that waits behind others has no connection yet: the API server is busy, not unreachable.
    const late = (): Error => httpTimeout('answer', timeoutMs);
    const release = await places.acquire({ signal, clock, limitMs: timeoutMs, late });
    try {
      if (isDestroyed) throw new Error('closed before the request was sent');
      // The next request starts only after the agent has this connection back.
      return begin(request, requests).once('close', () => process.nextTick(release));
    } catch (error) {
      release();
      throw error;
    }
  };
  const send: HttpConnections['send'] = async ({ isStream, ...request }) =>
    answerTo(isStream ? begin(request, streams) : await beginWithinLimit(request), {
      body: request.body,
      timeoutMs: request.timeoutMs,
      connectTimeoutMs,
      clock,
      isPlain,
      isStream,
    });
  return {
    ask: async (request, maxBytes) => {
      const { statusCode, headers, body } = await send({ ...request, isStream: false });
      return { statusCode, headers, body: await readWhole(body, maxBytes) };
    },
    send,
    retire: () => {
      for (const agent of [requests, streams]) {
        agent.keepSocketAlive = () => false;
        for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
      }
    },
    destroy: () => {
      isDestroyed = true;
      for (const end of endTunnels) end();
      requests.destroy();
      streams.destroy();
      return Promise.resolve();
    },
  };
};

interface SendOptions extends Pick<HttpTarget, 'connectTimeoutMs'>, Pick<HttpRequest, 'timeoutMs'> {
  readonly body: HttpRequest['body'] | undefined;
  readonly clock: Clock;
  /** Without TLS. */
  readonly isPlain: boolean;
  readonly isStream: boolean;
}

/** Sends the request, and resolves with the head of its response. Each phase has a time limit of its own. */
function answerTo(
  outgoing: ClientRequest,
  { body, timeoutMs, connectTimeoutMs, clock, isPlain, isStream }: SendOptions,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    const expire = (phase: HttpPhase, limitMs: number): void => {
      const error = httpTimeout(phase, limitMs);
      (answer ?? outgoing).destroy(error);
      // A request that waits for a proxy to connect it has no socket yet, and does not report that it is destroyed.
      reject(error);
    };
    let cancel = clock.schedule(() => expire('connection', connectTimeoutMs), connectTimeoutMs);
    const onConnected = (): void => {
      cancel();
      cancel = clock.schedule(() => expire('answer', timeoutMs), timeoutMs);
    };
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once(isPlain ? 'connect' : 'secureConnect', onConnected);
      else onConnected();
    });
    outgoing.once('error', (error) => {
      cancel();
      reject(error);
    });
    outgoing.once('response', (response: IncomingMessage) => {
      cancel();
      answer = response;
      if (!isStream) outgoing.setTimeout(timeoutMs, () => expire('end', timeoutMs));
      resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, body: response });
    });
    outgoing.end(body);
  });
}
