/** Streams on which nothing comes any more, though nothing closed them. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Access } from '../../src/kernel/index.ts';
import { forwardConnection, openApiSocket } from '../../src/streams/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

let server: Server;
let sockets: WebSocketServer;
let opened: WebSocket[];
let access: Access;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  opened = [];
  server = createServer();
  // It answers no ping.
  sockets = new WebSocketServer({ server, autoPong: false });
  sockets.on('connection', (socket) => opened.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  access = {
    server: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    namespace: 'alice',
    clusterName: 'one',
    credentials: () => Promise.resolve({ headers: {}, tls: {} }),
  };
});
afterEach(() => {
  for (const socket of opened) socket.terminate();
  server.close();
});

test('a stream that answers no ping for a minute of the clock is cut off', async () => {
  const protocols = ['v5.channel.k8s.io'];
  const socket = await openApiSocket({ access, path: '/exec', query: new URLSearchParams(), protocols, clock });
  socket.resume();
  await clock.advance(60_000);
  expect(socket.readyState).toBe(socket.OPEN);
  const closed = once(socket, 'close');
  await clock.advance(5_000);
  await closed;
  expect(clock.timerCount).toBe(0);
});

test('a connection to a port whose local side has ended is closed half a minute after the last byte', async () => {
  const [local, program] = duplexPair({ allowHalfOpen: true });
  const port = { access, namespace: 'alice', pod: 'notebook', port: 80, clock };
  const forwarding = forwardConnection(local, port);
  await until(() => opened.length === 1, 'it is connected');
  await until(() => clock.timerCount === 1, 'it is looked after');
  program.resume().end();
  await until(() => clock.timerCount === 2, 'the end has arrived');
  await clock.advance(29_000);
  const arrived = once(program, 'data');
  // The first message of a channel is its port.
  for (const text of ['\0\0', 'answer']) opened[0]?.send(Buffer.from(`\0${text}`));
  await arrived;
  await clock.advance(29_999);
  expect(clock.timerCount).toBe(2);
  await clock.advance(1);
  expect(await forwarding).toBeUndefined();
  expect(clock.timerCount).toBe(0);
});
