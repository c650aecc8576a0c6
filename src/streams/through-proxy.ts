/** TCP, and TLS over it, through an HTTP proxy (`proxy-url` of a kubeconfig), for a client that asks for connections one by one. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { TlsMaterial } from '../kernel/index.ts';

interface Destination {
  readonly host?: string | null;
  readonly port?: number | string | null;
}
type Connected = (error: Error | null, stream?: Duplex) => void;

interface BehindProxy {
  /** Undefined: the connection is left plain. */
  readonly tls: (TlsMaterial & { readonly secureContext?: SecureContext }) | undefined;
  /** Ends the request to the proxy. The client ends the connection that it got. */
  readonly signal: AbortSignal;
}

/** Fits `createConnection` of Node's HTTP client, in its form with a callback. */
export function connectThroughProxy(
  proxyUrl: string,
  { tls, signal }: BehindProxy,
): (destination: Destination, done: Connected) => undefined {
  const proxy = new URL(proxyUrl);
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  const login =
    proxy.username === '' ? undefined : `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return ({ host, port }, done) => {
    const name = host ?? '';
    const address = `${name.includes(':') ? `[${name}]` : name}:${String(port ?? 443)}`;
    const asked = send({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: address,
      signal,
      headers: {
        host: address,
        ...(login === undefined ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
      },
    });
    asked.once('error', (error) => done(error));
    asked.once('connect', (answer, socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        done(new Error(`the proxy ${proxy.host} answered ${String(answer.statusCode)}`));
        return;
      }
      if (tls === undefined) done(null, socket);
      else
        done(null, connectTls({ ...tls, socket, host: name, servername: tls.servername ?? (isIP(name) ? '' : name) }));
    });
    asked.end();
    return undefined;
  };
}
