/** HTTP by undici: the least processor time a request, for a process that sends many. */
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { defined } from '../defined.ts';
import type { OpenHttp } from './http.ts';
import { secureContextOf } from './secure-context.ts';

const keepAliveMs = 30_000;

export const undiciHttp: OpenHttp = ({ origin, proxyUrl, tls, maxConnections, connectTimeoutMs }) => {
  const { servername, rejectUnauthorized } = tls;
  const verification = defined({ servername, rejectUnauthorized });
  const secureContext = secureContextOf(tls);
  const make = (connections: number | null): Dispatcher => {
    const connect = { ...verification, secureContext, timeout: connectTimeoutMs };
    // HTTP/1.1 on purpose: one lost TCP connection then ends one request, never all of them.
    const options = { connections, pipelining: 1, allowH2: false, keepAliveTimeout: keepAliveMs };
    return proxyUrl === undefined
      ? new Agent({ ...options, connect })
      : new ProxyAgent({ ...options, uri: proxyUrl, requestTls: connect });
  };
  const requests = make(maxConnections);
  const streams = make(null);
  return {
    send: ({ isStream, timeoutMs, method, ...request }) =>
      (isStream ? streams : requests).request({
        ...request,
        origin,
        method: method,
        headersTimeout: timeoutMs,
        bodyTimeout: isStream ? 0 : timeoutMs,
        // A DELETE has a body here, and the API server expects one: by default undici gives the connection up after it.
        reset: false,
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
