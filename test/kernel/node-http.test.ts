import { once } from 'node:events';
import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeHttp, type Clock, type HttpConnections } from '../../src/kernel/index.ts';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startSilentProxy, type SilentProxy } from '../support/silent-proxy.ts';
import { until } from '../support/until.ts';

type Proxy = Awaited<ReturnType<typeof startConnectProxy>>;

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

async function behindProxy(
  maxConnections: number,
  use: (connections: HttpConnections, server: FakeApiServer, proxy: Proxy, clock: ManualClock) => Promise<void>,
): Promise<void> {
  const authority = await createAuthority('authority');
  const leaf = { commonName: 'api', usage: 'server', ipAddresses: ['127.0.0.1'] } as const;
  const { certificatePem: cert, keyPem: key } = await issue(authority, leaf);
  const [server, proxy] = await Promise.all([FakeApiServer.start({ tls: { cert, key } }), startConnectProxy()]);
  const clock = new ManualClock();
  const connections = nodeHttp({
    origin: server.url,
    proxyUrl: proxy.url,
    tls: { ca: authority.certificatePem },
    maxConnections,
    connectTimeoutMs,
    clock,
  });
  try {
    await use(connections, server, proxy, clock);
  } finally {
    await connections.destroy();
    proxy.close();
    await server.close();
  }
}

const configMaps = { method: 'GET', path: '/api/v1/namespaces/ns/configmaps', headers: {}, timeoutMs: 60_000 };

test('an answer through a proxy may take longer than the connection', () =>
  behindProxy(1, async (connections, server, proxy, clock) => {
    const asked = Promise.withResolvers<() => void>();
    server.script(
      () => true,
      ({ pass }) => asked.resolve(pass),
    );
    const answer = connections.ask(configMaps, 10_000);
    const pass = await asked.promise;
    await clock.advance(2 * connectTimeoutMs);
    pass();
    await expect(answer).resolves.toMatchObject({ statusCode: 200 });
    expect(proxy.connections()).toBe(1);
  }));

test('a burst opens no more connections through a proxy than there may be', () =>
  behindProxy(2, async (connections, _server, proxy) => {
    const answers = await Promise.all(Array.from({ length: 9 }, () => connections.ask(configMaps, 10_000)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(9).fill(200));
    expect(proxy.connections()).toBe(2);
  }));

describe('a request that waits for the answers of others', () => {
  let server: Server;
  let clock: ManualClock;
  let connections: HttpConnections;
  const ask = (path: string, timeoutMs = 65_000): Promise<unknown> =>
    connections.ask({ method: 'GET', path, headers: {}, timeoutMs }, 1_000);
  const asked = async (): Promise<ServerResponse> => ((await once(server, 'request')) as [unknown, ServerResponse])[1];

  beforeEach(async () => {
    server = createHttpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    clock = new ManualClock();
    connections = nodeHttp({ origin, proxyUrl: undefined, tls: {}, maxConnections: 1, connectTimeoutMs, clock });
  });
  afterEach(async () => {
    await connections.destroy();
    server.close();
  });

  test('is not without a connection, though they take longer than one', async () => {
    const answers = [ask('/first'), ask('/second')];
    const first = await asked();
    await clock.advance(60_000);
    first.end('answered');
    (await asked()).end('answered');
    for (const answered of await Promise.all(answers)) expect(answered).toMatchObject({ statusCode: 200 });
  });

  test('takes no turn once it is given up', async () => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const answers = [ask('/first'), connections.ask({ ...request, path: '/second', signal }, 1_000), ask('/third')];
    const first = await asked();
    leaving.abort(new Error('not wanted'));
    await expect(answers[1]).rejects.toThrow('not wanted');
    first.end('answered');
    const third = (await once(server, 'request')) as [{ readonly url?: string }, ServerResponse];
    expect(third[0].url).toBe('/third');
    third[1].end('answered');
    expect(await answers[2]).toMatchObject({ statusCode: 200 });
  });

  test('has no answer, after its own limit', async () => {
    const answers = [ask('/first'), ask('/second', 20_000)];
    const failed = expect(answers[1]).rejects.toMatchObject({ code: 'ETIMEDOUT', phase: 'answer', limitMs: 20_000 });
    const first = await asked();
    await clock.advance(30_000);
    await failed;
    first.end('answered');
    expect(await answers[0]).toMatchObject({ statusCode: 200 });
  });
});
