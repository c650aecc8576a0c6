import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Access } from '../../src/kernel/index.ts';
import { openRemoteCommand } from '../../src/streams/index.ts';
import { until } from '../support/until.ts';

const stdoutChannel = 1;
const endChannel = 3;

let server: Server;
let sockets: WebSocketServer;
let access: Access;

beforeEach(async () => {
  server = createServer();
  sockets = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  access = {
    server: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    namespace: 'alice',
    clusterName: 'one',
    credentials: () => Promise.resolve({ headers: {}, tls: {} }),
  };
});
afterEach(() => {
  for (const socket of sockets.clients) socket.terminate();
  server.close();
});

function message(channel: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
}

test('a command ends although nobody takes its output any more', async () => {
  const connected = once(sockets, 'connection') as Promise<[WebSocket, IncomingMessage]>;
  const request = { access, namespace: 'alice', pod: 'train', container: 'job', stdin: false, tty: false };
  const command = await openRemoteCommand({ ...request, command: ['cat'] });
  const [socket, { socket: connection }] = await connected;
  // It takes the first byte, and never says that it has.
  const stdout = new Writable({ highWaterMark: 1, write: () => undefined });
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const running = command.run({ stdout, stderr });
  // In one piece, so that the end arrives before the slow output makes the connection wait.
  connection.cork();
  socket.send(message(endChannel, JSON.stringify({ status: 'Success' })));
  socket.send(message(stdoutChannel, 'output'));
  socket.close(1000);
  connection.uncork();
  // One listener lets the connection go on, the other one waits for the rest of the output.
  await until(() => stdout.listenerCount('drain') === 2, 'the connection has ended, and the output is waited for');
  stdout.destroy();
  expect(await running).toEqual({ kind: 'exited', exitCode: 0 });
});
