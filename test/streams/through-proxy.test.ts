/** Streams through a proxy, and through one that keeps the connection and brings none to the API server. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { openApiSocket } from '../../src/streams/index.ts';
import { openLimitMs } from '../../src/streams/api-socket.ts';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startSilentProxy, type SilentProxy } from '../support/silent-proxy.ts';
import { until } from '../support/until.ts';

describe.each<[string, 'connected' | 'nothing', string]>([
  ['it does not answer', 'nothing', 'https://api.example.com:6443'],
  ['it passes nothing of TLS on', 'connected', 'https://api.example.com:6443'],
  ['it passes nothing of the request on', 'connected', 'http://api.example.com:8080'],
])('%s', (_what, says, server) => {
  let proxy: SilentProxy;
  let clock: ManualClock;
  let caller: AbortController;
  let failed: Promise<unknown>;

  beforeEach(async () => {
    proxy = await startSilentProxy(says);
    clock = new ManualClock();
    caller = new AbortController();
    failed = openApiSocket({
      access: {
        server,
        proxyUrl: `http://ann:hunter2@${proxy.host}`,
        namespace: 'alice',
        clusterName: 'dev',
        credentials: () => Promise.resolve({ headers: {}, tls: {} }),
      },
      path: '/exec',
      query: new URLSearchParams(),
      protocols: ['v5.channel.k8s.io'],
      clock,
      signal: caller.signal,
    }).catch((error: unknown) => error);
    await until(() => proxy.connections()[says === 'nothing' ? 'asked' : 'begun'] === 1, 'it waits for the proxy');
  });
  afterEach(() => proxy.close());

  test('the stream fails in time, and names the server and the proxy', async () => {
    await clock.advance(openLimitMs - 1);
    expect(proxy.connections().open).toBe(1);
    await clock.advance(1);
    expect(await failed).toMatchObject({
      code: 'Timeout',
      message: `GET /exec: no stream from ${server} through the proxy ${proxy.host} within 30 s`,
    });
    await until(() => proxy.connections().open === 0, 'the connection ends');
    expect(clock.timerCount).toBe(0);
  });

  test('a caller that gives it up before ends the connection', async () => {
    caller.abort(new Error('enough'));
    expect(await failed).toMatchObject({ message: 'enough' });
    await until(() => proxy.connections().open === 0, 'the connection ends');
    expect(clock.timerCount).toBe(0);
  });
});

test('a stream that is open outlasts the limit, and ends with the signal of its caller', async () => {
  const authority = await createAuthority('authority');
  const leaf = { commonName: 'api', usage: 'server', ipAddresses: ['127.0.0.1'] } as const;
  const { certificatePem: cert, keyPem: key } = await issue(authority, leaf);
  const server = createServer({ cert, key }).listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ server });
  await once(server, 'listening');
  const proxy = await startConnectProxy();
  const clock = new ManualClock();
  const caller = new AbortController();
  const socket = await openApiSocket({
    access: {
      server: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      proxyUrl: proxy.url,
      namespace: 'alice',
      clusterName: 'dev',
      credentials: () => Promise.resolve({ headers: {}, tls: { ca: authority.certificatePem } }),
    },
    path: '/exec',
    query: new URLSearchParams(),
    protocols: ['v5.channel.k8s.io'],
    clock,
    signal: caller.signal,
  });
  await clock.advance(openLimitMs);
  expect([socket.readyState, proxy.connections()]).toEqual([socket.OPEN, 1]);
  const closed = once(socket, 'close');
  caller.abort(new Error('enough'));
  await closed;
  await until(() => sockets.clients.size === 0, 'the server sees its end');
  expect(clock.timerCount).toBe(0);
  proxy.close();
  server.close();
});
