/** What stays open: it begins only for who may, passes bytes as they are, and ends with the right, whether or not anything moves in it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { request as send } from 'undici';
import type WebSocket from 'ws';
import { until } from '../../support/until.ts';
import { endOf, startWorld, type ClusterWorld, type Login } from './cluster-world.ts';

const watchPath = '/k8s/cluster/apis/neu.ro/v1/namespaces/alice/usersecrets?watch=true';
const logPath = '/k8s/cluster/api/v1/namespaces/alice/pods/train/log?follow=true';
const execPath = '/k8s/cluster/api/v1/namespaces/alice/pods/train/exec?command=sh&stdin=true&stdout=true&tty=true';
const stream = 'neuro.stream.v1';
const channels = 'v5.channel.k8s.io';
const kinds = [
  ['a watch', watchPath, stream, 'watch usersecrets'],
  ['a log', logPath, stream, 'get pods/log'],
  ['a terminal', execPath, channels, 'create pods/exec'],
] as const;

let world: ClusterWorld;
let alice: Login;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.api.denied.clear();
  alice = await world.logIn('alice');
  world.api.requests.length = 0;
});

const isOpen = (): boolean => world.api.open.size + world.api.terminals.size > 0;
const untilNothingIsOpen = async (): Promise<void> => {
  await until(() => !isOpen() && world.console.streamCount() === 0, 'both sides are closed');
};

async function opened(path: string, protocol: string): Promise<WebSocket> {
  const socket = world.open(path, protocol, { cookie: alice.cookie });
  await until(() => socket.readyState === socket.OPEN && isOpen(), 'the stream is open');
  return socket;
}

describe.each(kinds)('%s', (_kind, path, protocol, right) => {
  test.each<[string, Parameters<ClusterWorld['open']>[2], number]>([
    ['without a session', {}, 401],
    ['of another site', { origin: 'https://evil.example' }, 403],
    ['of a sibling', { origin: 'https://evil.console.test' }, 403],
    ['of nowhere', { origin: 'null' }, 403],
    ['without an Origin', { origin: '' }, 403],
    ['by another name of the server', { host: 'evil.example' }, 403],
  ])('%s is refused before anything is dialled', async (_case, options, status) => {
    const cookie = status === 401 ? {} : { cookie: alice.cookie };
    expect(await endOf(world.open(path, protocol, { ...cookie, ...options }))).toMatchObject({ code: status });
    expect(world.api.requests).toEqual([]);
  });

  test('of another protocol is refused', async () => {
    const other = protocol === stream ? channels : stream;
    expect(await endOf(world.open(path, other, { cookie: alice.cookie }))).toMatchObject({ code: 400 });
  });

  test('ends when the right is revoked, though nothing moves in it', async () => {
    const ended = endOf(await opened(path, protocol));
    world.api.denied.add(`alice ${right}`);
    const { code, reason } = await ended;
    expect(code).toBe(4403);
    expect(reason).toContain('ended');
    await untilNothingIsOpen();
  });

  test('ends when the API server takes the token no more', async () => {
    const ended = endOf(await opened(path, protocol));
    world.api.users.delete(alice.token);
    expect(await ended).toMatchObject({ code: 4401 });
    await untilNothingIsOpen();
  });

  test('ends with a log-out at once', async () => {
    const ended = endOf(await opened(path, protocol));
    const headers = { 'x-csrf-token': alice.csrf };
    await world.ask('/api/session', { method: 'DELETE', cookie: alice.cookie, headers });
    expect(await ended).toMatchObject({ code: 4401 });
    await untilNothingIsOpen();
  });

  test('of another session continues', async () => {
    const socket = await opened(path, protocol);
    const [bob, carol] = [await world.logIn('bob'), await world.logIn('carol')];
    const [bobs, carols] = [bob, carol].map(({ cookie }) => endOf(world.open(path, protocol, { cookie })));
    await until(() => world.console.streamCount() === 3, 'all are open');
    await world.ask('/api/session', { method: 'DELETE', cookie: bob.cookie, headers: { 'x-csrf-token': bob.csrf } });
    world.api.denied.add(`carol ${right}`);
    expect([(await bobs)?.code, (await carols)?.code]).toEqual([4401, 4403]);
    const asked = (): number =>
      world.api.requests.filter(
        ({ url, headers }) =>
          url.endsWith('/selfsubjectaccessreviews') && headers.authorization === `Bearer ${alice.token}`,
      ).length;
    const before = asked();
    await until(() => asked() > before + 1, 'her own right is asked for again');
    expect(socket.readyState).toBe(socket.OPEN);
    socket.close();
    await untilNothingIsOpen();
  });

  test('lets go of everything when the browser goes', async () => {
    (await opened(path, protocol)).terminate();
    await untilNothingIsOpen();
  });

  test('is broken off when the API server goes', async () => {
    const ended = endOf(await opened(path, protocol));
    for (const response of world.api.open) response.destroy();
    for (const terminal of world.api.terminals) terminal.terminate();
    expect((await ended).code).toBe(4502);
    await untilNothingIsOpen();
  });
});

test.each([
  ['a watch', watchPath, stream, 2 * 1024],
  ['a log', logPath, stream, 2 * 1024],
  ['a terminal', execPath, channels, 65 * 1024],
])('%s takes no message that would fill the memory', async (_kind, path, protocol, bytes) => {
  const socket = await opened(path, protocol);
  const ended = endOf(socket);
  socket.send(Buffer.alloc(bytes));
  expect((await ended).code).toBe(1009);
  await untilNothingIsOpen();
});

test.each([
  ['a watch, by a line break', watchPath, 'false "\\n"'],
  ['a log, by no bytes', logPath, 'true ""'],
])('%s, says that it is alive each time the right was confirmed', async (_case, path, sign) => {
  const socket = await opened(path, stream);
  const messages: string[] = [];
  socket.on('message', (data: Buffer, isBinary) =>
    messages.push(`${String(isBinary)} ${JSON.stringify(data.toString())}`),
  );
  await until(() => messages.length > 1, 'two signs of life');
  expect(new Set(messages)).toEqual(new Set([sign]));
  socket.close();
  await untilNothingIsOpen();
});

describe('a watch', () => {
  test('comes in whole lines, whatever the cuts of the network', async () => {
    const socket = await opened(watchPath, stream);
    const messages: string[] = [];
    socket.on('message', (data: Buffer, isBinary) => {
      // Signs of life come in between.
      if (data.toString() !== '\n') messages.push(`${String(isBinary)} ${data.toString()}`);
    });
    // The whole line before it says that the half one is there too.
    world.api.say('{"type":"FIRST"}\n{"type":"ADD');
    await until(() => messages.length > 0, 'the first line came');
    world.api.say('ED"}\n{"type":"MODIFIED"}\n{"ty');
    await until(() => messages.length > 1, 'a message came');
    expect(messages).toEqual(['false {"type":"FIRST"}\n', 'false {"type":"ADDED"}\n{"type":"MODIFIED"}\n']);
    socket.close();
    await untilNothingIsOpen();
  });

  test('that the API server ends by itself closes as usual', async () => {
    const ended = endOf(await opened(watchPath, stream));
    for (const response of world.api.open) response.end();
    expect(await ended).toMatchObject({ code: 1000 });
  });

  test('that the API server refuses says so as an event', async () => {
    world.api.scripted.set('watch=true', (_request, response) => {
      response
        .writeHead(410, { 'content-type': 'application/json' })
        .end('{"kind":"Status","code":410,"message":"too old"}');
    });
    const socket = world.open(watchPath, stream, { cookie: alice.cookie });
    const messages: string[] = [];
    socket.on('message', (data: Buffer) => messages.push(data.toString()));
    expect(await endOf(socket)).toMatchObject({ code: 1000 });
    expect(JSON.parse(messages[0] ?? '')).toMatchObject({ type: 'ERROR', object: { code: 410, message: 'too old' } });
  });

  test('by GET ends with a last line that says why', async () => {
    const headers = { host: 'console.test', cookie: alice.cookie };
    const answer = await send(`http://127.0.0.1:${String(world.console.port)}${watchPath}`, { headers });
    await until(isOpen, 'it is open');
    world.api.say('{"type":"ADDED"}\n{"half');
    world.api.denied.add('alice watch usersecrets');
    const lines = (await answer.body.text()).trim().split('\n');
    expect(lines[0]).toBe('{"type":"ADDED"}');
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ type: 'ERROR', object: { code: 403, reason: 'AccessEnded' } });
    await untilNothingIsOpen();
  });
});

describe('a log', () => {
  test('passes bytes as they are', async () => {
    const socket = await opened(logPath, stream);
    const chunks: Buffer[] = [];
    socket.on('message', (data: Buffer, isBinary) => isBinary && chunks.push(data));
    world.api.say('<img src=x>\u001b]52;c;eA==\u0007é\n');
    await until(() => chunks.length > 0, 'a chunk came');
    expect(Buffer.concat(chunks).toString()).toBe('<img src=x>\u001b]52;c;eA==\u0007é\n');
    socket.close();
    await untilNothingIsOpen();
  });

  test('that cannot begin says why', async () => {
    world.api.scripted.set('follow=true', (_request, response) => {
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"kind":"Status","message":"container is waiting to start"}');
    });
    const ended = await endOf(world.open(logPath, stream, { cookie: alice.cookie }));
    expect(ended).toEqual({ code: 4400, reason: 'container is waiting to start' });
  });

  test('by GET is broken off when the right ends', async () => {
    const headers = { host: 'console.test', cookie: alice.cookie };
    const answer = await send(`http://127.0.0.1:${String(world.console.port)}${logPath}`, { headers });
    await until(isOpen, 'it is open');
    world.api.denied.add('alice get pods/log');
    await expect(answer.body.text()).rejects.toThrow();
    await untilNothingIsOpen();
  });

  test('that nobody reads does not fill the memory: the API server is slowed down', async () => {
    const socket = await opened(logPath, stream);
    socket.pause();
    const [upstream] = world.api.open;
    const mebibyte = 'x'.repeat(1024 * 1024);
    let sent = 0;
    while (sent < 64 && upstream?.write(mebibyte) === true) sent += 1;
    for (; sent < 64 && (upstream?.writableLength ?? 0) < 48 * 1024 * 1024; sent += 1) upstream?.write(mebibyte);
    // One that is read gets as much through meanwhile.
    const read = await opened(logPath, stream);
    await until(() => world.api.open.size === 2, 'both are open');
    let bytes = 0;
    read.on('message', (data: Buffer) => (bytes += data.length));
    const other = [...world.api.open].find((each) => each !== upstream);
    for (let part = 0; part < 64; part += 1) other?.write(mebibyte);
    await until(() => bytes >= 64 * 1024 * 1024, 'all of the other is read');
    // What the console took stands in sockets and its own small buffers; the rest waits at its source.
    expect(upstream?.writableLength ?? 0).toBeGreaterThan(30 * 1024 * 1024);
    // Slowed down, not broken off for holding too much.
    expect(upstream === undefined ? undefined : world.api.open.has(upstream)).toBe(true);
    for (const each of [socket, read]) each.terminate();
    await untilNothingIsOpen();
  });
});

describe('a terminal', () => {
  test('passes bytes both ways, and what waits for it to open', async () => {
    const socket = world.open(execPath, channels, { cookie: alice.cookie });
    const messages: Buffer[] = [];
    socket.on('message', (data: Buffer) => messages.push(data));
    socket.on('open', () => socket.send(Buffer.from([0, 0x6c, 0x73, 0xff, 0])));
    await until(() => messages.length > 0, 'the echo came');
    expect(messages[0]).toEqual(Buffer.from([1, 0x6c, 0x73, 0xff, 0]));
    const [request] = world.api.forwarded;
    expect(request?.url).toBe('/api/v1/namespaces/alice/pods/train/exec?command=sh&stdin=true&stdout=true&tty=true');
    expect(request?.headers['authorization']).toBe(`Bearer ${alice.token}`);
    expect(request?.headers['cookie']).toBeUndefined();
    socket.close();
    await untilNothingIsOpen();
  });

  test('is not dialled without the right to `create` it, whatever a GET would give', async () => {
    world.api.denied.add('alice create pods/exec');
    expect(await endOf(world.open(execPath, channels, { cookie: alice.cookie }))).toMatchObject({ code: 4403 });
    expect(world.api.forwarded).toEqual([]);
  });

  test('ends as usual when the command has ended', async () => {
    const ended = endOf(await opened(execPath, channels));
    for (const terminal of world.api.terminals) terminal.close(1000);
    expect(await ended).toMatchObject({ code: 1000 });
  });
});

test('a session has a hundred streams at most', async () => {
  const sockets = Array.from({ length: 101 }, () => world.open(watchPath, stream, { cookie: alice.cookie }));
  const ended = await Promise.race(sockets.map(endOf));
  expect(ended.code).toBe(4400);
  for (const socket of sockets) socket.terminate();
  await untilNothingIsOpen();
});

test('a console that stops ends its streams with a reason', async () => {
  const other = await startWorld();
  const bob = await other.logIn('bob');
  const socket = other.open(watchPath, stream, { cookie: bob.cookie });
  await until(() => other.api.open.size > 0, 'it is open');
  const ended = endOf(socket);
  await other.stop();
  expect(await ended).toMatchObject({ code: 4503 });
});

describe('one user with several sessions', () => {
  const openAs = async ({ cookie }: Login): Promise<WebSocket> => {
    const socket = world.open(watchPath, stream, { cookie });
    await until(() => socket.readyState === socket.OPEN, 'the stream is open');
    return socket;
  };

  test('has so many streams in all of them, and another user has theirs', async () => {
    const sessions = [alice, await world.logIn('alice'), await world.logIn('alice')];
    const sockets = await Promise.all(Array.from({ length: 100 }, (_, index) => openAs(sessions[index % 3] ?? alice)));
    const refused = world.open(watchPath, stream, { cookie: sessions[1]?.cookie ?? '' });
    expect(await endOf(refused)).toMatchObject({ code: 4400, reason: expect.stringContaining('100') });
    const bob = await openAs(await world.logIn('bob'));
    expect(bob.readyState).toBe(bob.OPEN);
    for (const socket of [...sockets, bob]) socket.terminate();
    await untilNothingIsOpen();
  });

  test('that are service accounts of a namespace have as many as one', async () => {
    const accounts = await Promise.all(
      ['a', 'b', 'c'].map((name) => world.logIn(`system:serviceaccount:mallory:${name}`)),
    );
    const sockets = await Promise.all(Array.from({ length: 100 }, (_, index) => openAs(accounts[index % 3] ?? alice)));
    const refused = world.open(watchPath, stream, { cookie: accounts[1]?.cookie ?? '' });
    expect(await endOf(refused)).toMatchObject({ code: 4400, reason: expect.stringContaining('100') });
    const bob = await openAs(await world.logIn('system:serviceaccount:bob:default'));
    for (const socket of [...sockets, bob]) socket.terminate();
    await untilNothingIsOpen();
  });

  test('has so many bytes in lines that have no end, and another user has theirs', async () => {
    const sessions = [alice, await world.logIn('alice'), await world.logIn('alice')];
    const sockets = await Promise.all(Array.from({ length: 8 }, (_, index) => openAs(sessions[index % 3] ?? alice)));
    const bob = await openAs(await world.logIn('bob'));
    await until(() => world.api.open.size === 9, 'all are open');
    const firstEnd = Promise.race(sockets.map(endOf));
    world.api.say('x'.repeat(3 * 1024 * 1024));
    expect(await firstEnd).toMatchObject({ code: 4508 });
    const messages: string[] = [];
    bob.on('message', (data: Buffer) => messages.push(data.toString().slice(-2)));
    world.api.say('}\n');
    await until(() => messages.includes('}\n'), 'the line of the other user came');
    for (const socket of [...sockets, bob]) socket.terminate();
    await untilNothingIsOpen();
  });
});
