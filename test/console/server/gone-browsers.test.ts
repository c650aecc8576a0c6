/** Browsers that go away at any moment of a request: what was counted for them is given back. */
import { ServerResponse, IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitsFor } from '../../../src/console/server/limits.ts';
import { mostAtOnce } from '../../../src/console/server/pipelined.ts';
import { whenOver } from '../../../src/console/server/when-over.ts';
import { until } from '../../support/until.ts';
import { origin, startWorld, type ClusterWorld, type Login } from './cluster-world.ts';

const secrets = '/k8s/cluster/apis/neu.ro/v1/namespaces/alice/usersecrets';
const { requestsOfUser } = limitsFor(undefined);
/** Of logins by browsers that nobody knows; more than are let in at a time. */
const logins = 250;

let world: ClusterWorld;
let login: Login;

beforeEach(async () => {
  world = await startWorld(['--trusted-proxies', '127.0.0.0/8']);
  login = await world.logIn('alice');
});
afterEach(() => world.stop());

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: console.test\r\nCookie: ${login.cookie}\r\n\r\n`;

/** A connection that has sent this. */
function sent(text: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(world.console.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(text, () => resolve(socket));
  });
}

/** As many requests in each as a connection may have. */
function inPackets(requests: readonly string[]): readonly string[] {
  return Array.from({ length: Math.ceil(requests.length / mostAtOnce) }, (_, index) =>
    requests.slice(index * mostAtOnce, (index + 1) * mostAtOnce).join(''),
  );
}

/** Many that go as soon as they have sent it: some of them while their cookie is being opened. */
async function sendAndGo(text: (index: number) => string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const socket = await sent(text(index));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.destroy();
    await closed;
  }
}

describe('one that has gone', () => {
  test('with all requests that it may have under way, and as many that wait for their turn, leaves room for the next', async () => {
    const slow = Array.from({ length: requestsOfUser }, (_, index) => `${secrets}/slow-${String(index)}-x`);
    // The API server never answers them.
    for (const path of slow) world.api.scripted.set(path.replace('/k8s/cluster', ''), () => undefined);
    const sockets = await Promise.all(inPackets(slow.map(get)).map(sent));
    await until(() => world.api.scripted.size === 0, 'the API server is asked');
    const next = Array.from({ length: requestsOfUser }, () => get(`${secrets}/next`));
    sockets.push(...(await Promise.all(inPackets(next).map(sent))));
    // Of another user, whose cookies are opened after all of theirs.
    await world.logIn('bob');
    for (const socket of sockets) socket.destroy();
    expect(await world.ask(`${secrets}/db`, { cookie: login.cookie })).toMatchObject({ status: 200 });
  });

  test('before its session was looked at leaves no stream', async () => {
    await sendAndGo(() => get(`${secrets}?watch=true`), 100);
    // Its answer is later than all of theirs.
    expect(await world.ask(`${secrets}/db`, { cookie: login.cookie })).toMatchObject({ status: 200 });
    await until(() => world.console.streamCount() === 0, 'no stream is left');
  });

  test('while it logs in keeps nobody else from it', async () => {
    // Of another purpose, so that it has to be opened, and names nobody.
    const cookie = login.cookie.replace('neuro-session-0', 'neuro-known');
    await sendAndGo(
      (index) =>
        `POST /api/session HTTP/1.1\r\nHost: console.test\r\nOrigin: ${origin}\r\nCookie: ${cookie}\r\n` +
        `X-Forwarded-For: 203.0.113.${String(index)}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n`,
      logins,
    );
    world.api.users.set('of-bob', 'bob');
    const answer = await world.ask('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ token: 'of-bob' }),
    });
    expect(answer.status).toBe(204);
  });
});

test('a listener is called once, even if the browser has already gone', () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const told: string[] = [];
  whenOver(response, () => told.push('before'));
  response.destroy();
  response.emit('close');
  whenOver(response, () => told.push('after'));
  response.emit('close');
  expect(told).toEqual(['before', 'after']);
});

test('a browser that takes nothing of a response keeps its request no longer than a limit', async () => {
  await world.stop();
  world = await startWorld([], { limits: { stallLimitMs: 200 } });
  login = await world.logIn('alice');
  let isOver = false;
  // More than the buffers on the way hold.
  world.api.scripted.set('/large', (_request, response) => {
    const send = (): void => {
      while (!isOver && response.write(Buffer.alloc(64 * 1024))) continue;
    };
    response.on('drain', send).on('close', () => (isOver = true));
    response.writeHead(200, { 'content-type': 'application/json' });
    send();
  });
  const socket = await sent(get(`${secrets}/large`));
  socket.pause();
  await until(() => isOver, 'the request is over');
  socket.destroy();
});
