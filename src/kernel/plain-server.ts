/**
 * A small HTTP server for probes and public files: no TLS, no sessions, and a limit on how long a request may take.
 *
 * Promise: it listens when `servePlain` resolves; `close` resolves even while a client keeps its connection. Rejects with `Network` if the
 * address is not available.
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KernelError } from './errors.ts';

export interface PlainServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A request that has not arrived by then never will. */
const requestTimeoutMs = 10_000;

/** Port 0 takes a free one. `what` is what it serves, for the error. */
export async function servePlain(
  what: string,
  { address, port }: Pick<PlainServer, 'address' | 'port'>,
  listener: RequestListener,
): Promise<PlainServer> {
  const server = createServer({ requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const where = `${address}:${String(port)}`;
      reject(new KernelError('Network', `${what} cannot be served on ${where}: choose another address`, { cause }));
    });
    server.listen(port, address, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    address: bound.address,
    port: bound.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
