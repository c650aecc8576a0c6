import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { nodeHttp } from '../../src/kernel/index.ts';

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
