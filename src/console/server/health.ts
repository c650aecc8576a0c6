/** `/healthz`: this process answers. `/readyz`: it accepts requests, and is not stopping. On a port of its own, which no browser reaches. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const requestTimeoutMs = 10_000;

interface Health {
  readonly port: number;
  close(): Promise<void>;
}

export async function serveHealth(options: {
  readonly address: string;
  readonly port: number;
  readonly isReady: () => boolean;
}): Promise<Health> {
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
    (request, response) => {
      const isFine = request.url === '/healthz' || (request.url === '/readyz' && options.isReady());
      const isKnown = request.url === '/healthz' || request.url === '/readyz';
      response.writeHead(isFine ? 200 : isKnown ? 503 : 404, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(isFine ? 'ok\n' : isKnown ? 'stopping\n' : 'try /healthz or /readyz\n');
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
