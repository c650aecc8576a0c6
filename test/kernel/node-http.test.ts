import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { nodeHttp } from '../../src/kernel/index.ts';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { slow } from '../support/faults.ts';

test('a proxy that does not answer is given up in time, and its connection ends', async () => {
  const proxy = createServer().listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const accepted = once(proxy, 'connection');
  const connections = nodeHttp({
    origin: 'https://api.example.com',
    proxyUrl: `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`,
    tls: {},
    maxConnections: 1,
    connectTimeoutMs: 100,
  });
  try {
    const failed = connections.ask({ method: 'GET', path: '/', headers: {}, timeoutMs: 60_000 }, 1_000);
    await expect(failed).rejects.toMatchObject({ code: 'ETIMEDOUT', phase: 'connection', limitMs: 100 });
    const [socket] = (await accepted) as [Socket];
    socket.resume();
    await once(socket, 'close');
  } finally {
    await connections.destroy();
    proxy.close();
  }
});

test('an answer through a proxy may take longer than the connection', async () => {
  const authority = await createAuthority('authority');
  const leaf = { commonName: 'api', usage: 'server', ipAddresses: ['127.0.0.1'] } as const;
  const { certificatePem: cert, keyPem: key } = await issue(authority, leaf);
  const [server, proxy] = await Promise.all([FakeApiServer.start({ tls: { cert, key } }), startConnectProxy()]);
  const connections = nodeHttp({
    origin: server.url,
    proxyUrl: proxy.url,
    tls: { ca: authority.certificatePem },
    maxConnections: 1,
    connectTimeoutMs: 1_000,
  });
  try {
    server.script(() => true, slow(1_500));
    const path = '/api/v1/namespaces/ns/configmaps';
    const answer = connections.ask({ method: 'GET', path, headers: {}, timeoutMs: 60_000 }, 10_000);
    await expect(answer).resolves.toMatchObject({ statusCode: 200 });
    expect(proxy.connections()).toBe(1);
  } finally {
    await connections.destroy();
    proxy.close();
    await server.close();
  }
});
