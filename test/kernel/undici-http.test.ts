import { expect, test } from 'vitest';
import { undiciHttp } from '../../src/kernel/index.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { until } from '../support/until.ts';

/** By the timers of undici, which are those of the system. */
const connectTimeoutMs = 200;

test.each<[string, 'connected' | 'nothing']>([
  ['does not answer', 'nothing'],
  ['says it is connected, and passes nothing of TLS on', 'connected'],
])('a proxy that %s is given up in time, and its connection ends', async (_what, says) => {
  const proxy = await startSilentProxy(says);
  const connections = undiciHttp({
    origin: 'https://api.example.com',
    proxyUrl: proxy.url,
    tls: {},
    maxConnections: 1,
    connectTimeoutMs,
  });
  try {
    const failed = connections.ask({ method: 'GET', path: '/', headers: {}, timeoutMs: 600_000 }, 1_000);
    await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/TIMEOUT/) as string });
    await until(() => proxy.connections().open === 0, 'the connection ends');
    expect(proxy.connections().asked).toBe(1);
  } finally {
    await connections.destroy();
    proxy.close();
  }
});
