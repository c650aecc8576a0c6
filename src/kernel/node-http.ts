/** HTTP by what the runtime has built in: the quickest to be there, for a process that sends a few requests and ends. */
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { defined } from '../defined.ts';
import { systemClock } from './clock.ts';
import { httpTimeout } from './http-timeout.ts';
import type { HttpConnections, HttpPhase, OpenHttp } from './http.ts';
import { readWhole } from './pieces.ts';
import { limitTunnels } from './proxy-tunnel.ts';
import { secureContextOf } from './secure-context.ts';

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
  const secure = isPlain ? {} : { ...tls, secureContext: secureContextOf(tls) };
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
  const send: HttpConnections['send'] = ({ path, method, headers, body, signal, timeoutMs, isStream }) =>
    new Promise((resolve, reject) => {
      const outgoing = open(`${origin}${path}`, {
        agent: isStream ? streams : requests,
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
        ...defined({ signal }),
      });
      let answer: IncomingMessage | undefined;
      const expire = (phase: HttpPhase, limitMs: number): void => {
        const error = httpTimeout(phase, limitMs);
        (answer ?? outgoing).destroy(error);
        // A request that waits for a proxy to connect it has no socket yet, and does not report that it is destroyed.
        reject(error);
      };
      let cancel: () => void;
      let waitedMs = 0;
      const awaitConnection = (): void => {
        // Behind others a request has no connection yet: the API server is busy, not away.
        const isBehind = isQueued(requests, outgoing);
        cancel = clock.schedule(() => {
          waitedMs += connectTimeoutMs;
          if (!isBehind) expire('connection', connectTimeoutMs);
          else if (waitedMs >= timeoutMs) expire('answer', timeoutMs);
          else awaitConnection();
        }, connectTimeoutMs);
      };
      awaitConnection();
      const isConnected = (): void => {
        cancel();
        cancel = clock.schedule(() => expire('answer', timeoutMs), timeoutMs);
      };
      outgoing.once('socket', (socket) => {
        if (socket.connecting) socket.once(isPlain ? 'connect' : 'secureConnect', isConnected);
        else isConnected();
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
      for (const end of endTunnels) end();
      requests.destroy();
      streams.destroy();
      return Promise.resolve();
    },
  };
};

/** Whether all connections are in use by other requests. */
function isQueued({ requests }: Agent, request: ClientRequest): boolean {
  return Object.values(requests).some((queue) => queue?.includes(request));
}
