import { afterEach, describe, expect, test } from 'vitest';
import type { PlainServer } from '../../src/kernel/index.ts';
import { serveHttp } from '../../src/operator/http.ts';

let server: PlainServer | undefined;
afterEach(() => server?.close());

async function ask(path: string, certificate?: string, method = 'GET'): Promise<Response> {
  server = await serveHttp({ address: '127.0.0.1', port: 0, certificatePem: () => certificate });
  return fetch(`http://127.0.0.1:${String(server.port)}${path}`, { method });
}

describe('the certificate for kubeseal', () => {
  test('is served at /v1/cert.pem', async () => {
    const response = await ask('/v1/cert.pem?x=1', 'PEM');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/x-pem-file',
      'PEM',
    ]);
  });

  test('returns 503 before the first key exists', async () => {
    expect((await ask('/v1/cert.pem')).status).toBe(503);
  });

  test.each([
    ['/v1/rotate', 'POST'],
    ['/v1/verify', 'POST'],
    ['/v1/cert.pem', 'POST'],
    ['/', 'GET'],
    ['/metrics', 'GET'],
  ])('is all there is: %s %s is not found', async (path, method) => {
    expect((await ask(path, 'PEM', method)).status).toBe(404);
  });
});
