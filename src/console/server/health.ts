/** `/healthz`: this process answers. `/readyz`: it accepts requests, and is not stopping. On a port of its own, which no browser reaches. */
import { servePlain, type PlainServer } from '../../kernel/index.ts';

export function serveHealth(options: {
  readonly address: string;
  readonly port: number;
  readonly isReady: () => boolean;
}): Promise<PlainServer> {
  return servePlain('health', options, (request, response) => {
    const isFine = request.url === '/healthz' || (request.url === '/readyz' && options.isReady());
    const isKnown = request.url === '/healthz' || request.url === '/readyz';
    response.writeHead(isFine ? 200 : isKnown ? 503 : 404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(isFine ? 'ok\n' : isKnown ? 'stopping\n' : 'try /healthz or /readyz\n');
  });
}
