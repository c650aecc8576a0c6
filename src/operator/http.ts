/** Serves the public certificate where kubeseal looks for it: `GET /v1/cert.pem`. Nothing else, and nothing that is secret. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface HttpOptions {
  readonly address: string;
  readonly port: number;
  readonly certificatePem: () => string | undefined;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

const requestTimeoutMs = 10_000;

export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
    (request, response) => {
      const path = (request.url ?? '').split('?', 1)[0];
      const certificate = options.certificatePem();
      if (request.method !== 'GET' || path !== '/v1/cert.pem') response.writeHead(404).end('not found\n');
      else if (certificate === undefined)
        response.writeHead(503, { 'retry-after': '2' }).end('the first sealing key is being made\n');
      else response.writeHead(200, { 'content-type': 'application/x-pem-file' }).end(certificate);
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
