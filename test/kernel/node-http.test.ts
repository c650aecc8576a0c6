import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeHttp, systemClock, type Clock, type HttpConnections } from '../../src/kernel/index.ts';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { slow } from '../support/faults.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startSilentProxy, type SilentProxy } from '../support/silent-proxy.ts';
import { until } from '../support/until.ts';

const connectTimeoutMs = 10_000;
const request = { method: 'GET', path: '/', headers: {}, timeoutMs: 60_000 };
const throughProxy = (proxyUrl: string, clock: Clock): HttpConnections =>
  nodeHttp({ origin: 'https://api.example.com', proxyUrl, tls: {}, maxConnections: 1, connectTimeoutMs, clock });

describe.each<[string, 'connected' | 'nothing']>([
  ['does not answer', 'nothing'],
  ['says it is connected, and passes nothing of TLS on', 'connected'],
])('a proxy that %s', (_what, says) => {
  let proxy: SilentProxy;
  let clock: ManualClock;
  let connections: HttpConnections;
  let failed: Promise<unknown>;

  beforeEach(async () => {
    proxy = await startSilentProxy(says);
    clock = new ManualClock();
    connections = throughProxy(proxy.url, clock);
    failed = connections.ask(request, 1_000).catch((error: unknown) => error);
    await until(() => proxy.connections()[says === 'nothing' ? 'asked' : 'begun'] === 1, 'it waits for the proxy');
  });
  afterEach(async () => {
    await connections.destroy();
    proxy.close();
  });

  test('is given up in time, and its connection ends', async () => {
    await clock.advance(connectTimeoutMs - 1);
    expect(proxy.connections().open).toBe(1);
    await clock.advance(1);
    expect(await failed).toMatchObject({ code: 'ETIMEDOUT', phase: 'tunnel', limitMs: connectTimeoutMs });
    await until(() => proxy.connections().open === 0, 'the connection ends');
    expect(clock.timerCount).toBe(0);
  });

  test('keeps no connection when all are ended before', async () => {
    await connections.destroy();
    expect(await failed).toBeInstanceOf(Error);
    await until(() => proxy.connections().open === 0, 'the connection ends');
    expect(clock.timerCount).toBe(0);
  });
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
    clock: systemClock,
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
