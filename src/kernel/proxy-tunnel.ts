/**
 * A time limit for connections through an HTTP proxy. The limits of the runtime do not help: until there is TLS with the server behind the proxy, no
 * request has the connection, so no request's limit can end it. A proxy may accept the connection and say nothing, or say that it is connected and
 * pass nothing on.
 */
import type { Agent } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from './clock.ts';
import { httpTimeout } from './http-timeout.ts';

interface TunnelLimit {
  readonly limitMs: number;
  readonly clock: Clock;
}

/**
 * Limits the time in which the proxy of the agent makes a connection. The returned function ends the connections that do not lead to the server
 * yet, with the requests that wait for them.
 */
export function limitTunnels(agent: Agent, { limitMs, clock }: TunnelLimit): () => void {
  const underWay = new Set<(error: Error) => void>();
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const over = (): void => {
      cancel();
      underWay.delete(end);
    };
    // The runtime returns the connection to the proxy before that is connected.
    const toProxy = connect(options, (error, stream) => {
      over();
      done?.(error, stream);
    }) as Socket;
    const end = (error: Error): void => {
      over();
      toProxy.destroy();
      done?.(error, toProxy);
    };
    const expire = (): void => end(httpTimeout(toProxy.connecting ? 'connection' : 'tunnel', limitMs));
    const cancel = clock.schedule(expire, limitMs);
    underWay.add(end);
    return toProxy;
  };
  return () => {
    for (const end of underWay) end(new Error('closed before there was a connection through the proxy'));
  };
}
