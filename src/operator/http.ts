/** Serves the public certificate where kubeseal looks for it: `GET /v1/cert.pem`. Nothing else, and nothing that is secret. */
import { servePlain, type PlainServer } from '../kernel/index.ts';

interface HttpOptions {
  readonly address: string;
  readonly port: number;
  readonly certificatePem: () => string | undefined;
}

export function serveHttp(options: HttpOptions): Promise<PlainServer> {
  return servePlain('the certificate', options, (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const certificate = options.certificatePem();
    if (request.method !== 'GET' || path !== '/v1/cert.pem') response.writeHead(404).end('not found\n');
    else if (certificate === undefined)
      response.writeHead(503, { 'retry-after': '2' }).end('the first sealing key is being made\n');
    else response.writeHead(200, { 'content-type': 'application/x-pem-file' }).end(certificate);
  });
}
