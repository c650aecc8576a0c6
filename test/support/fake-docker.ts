/** Plays the Docker Engine's HTTP API on a unix socket, as far as the provider K3s asks it before and while a container starts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Answer = readonly [status: number, body: unknown];

interface FakeDocker extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Each request as `METHOD /path`, in order. */
  readonly requests: string[];
}

/** By `METHOD /path` without query and without the version in front; what is not there is answered by 404, as Docker does. */
export async function fakeDocker(answers: Readonly<Record<string, Answer>>): Promise<FakeDocker> {
  const folder = mkdtempSync(join(tmpdir(), 'docker-'));
  const socketPath = join(folder, 'docker.sock');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/^\/v[\d.]+(?=\/)/, '').replace(/\?.*/, ''));
    const asked = `${request.method ?? ''} ${path}`;
    requests.push(asked);
    const [status, body] = answers[asked] ?? [404, { message: `no such thing: ${path}` }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  // As Docker, which closes no idle connection: where a busy process asks again only after Node's five seconds, its request would be lost.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    host: `unix://${socketPath}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
