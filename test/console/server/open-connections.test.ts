/** Connections of browsers: which of them makes room for a new one. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { streamProtocol } from '../../../src/console/contract.ts';
import { OpenConnections } from '../../../src/console/server/open-connections.ts';
import { until } from '../../support/until.ts';
import { endOf, startWorld, type ClusterWorld } from './cluster-world.ts';

const maxConnections = 20;

describe('at the limit', () => {
  const made = (most: number) => {
    const connections = new OpenConnections({ maxConnections: most });
    const names = new Map<PassThrough, string>();
    const open = (name: string): PassThrough => {
      const connection = new PassThrough();
      names.set(connection, name);
      connections.add(connection);
      return connection;
    };
    const closed = (): readonly string[] => [...names].filter(([{ destroyed }]) => destroyed).map(([, name]) => name);
    return { connections, open, closed };
  };

  test('the oldest without a session makes room', () => {
    const { open, closed } = made(3);
    for (const name of ['a', 'b', 'c', 'd', 'e']) open(name);
    expect(closed()).toEqual(['a', 'b']);
  });

  test('where few have none, the one whose last request with a session ended longest ago makes room', () => {
    const { connections, open, closed } = made(4);
    const [, letGoB, letGoC, letGoD] = ['a', 'b', 'c', 'd'].map((name) =>
      connections.hold(open(name), `user of ${name}`),
    );
    for (const letGo of [letGoC, letGoB, letGoD]) letGo?.();
    open('new');
    expect(closed()).toEqual(['c']);
    // Those without a session are more than a quarter now.
    open('newer');
    expect(closed()).toEqual(['c', 'new']);
  });

  test('one that is the only one that its user holds is never closed, and the new one is, where all are', () => {
    const { connections, open, closed } = made(4);
    const [first, ...others] = ['a', 'b', 'c', 'd'].map(open);
    const letGo = [first, first, ...others].map(
      (connection, index) => connection && connections.hold(connection, String(Math.max(1, index))),
    );
    open('new');
    expect(closed()).toEqual(['new']);
    letGo[0]?.();
    letGo[0]?.();
    open('newer');
    expect(closed()).toEqual(['new', 'newer']);
    letGo[1]?.();
    open('newest');
    expect(closed()).toEqual(['a', 'new', 'newer']);
  });

  test('where all are held, the newest one of the user who holds the most makes room', () => {
    const { connections, open, closed } = made(8);
    for (const name of ['m1', 'm2', 'a1', 'n1', 'n2', 'n3', 'a2', 'b1']) connections.hold(open(name), name.slice(0, 1));
    open('new');
    expect(closed()).toEqual(['n3']);
    open('newer');
    expect(closed().toSorted()).toEqual(['a2', 'n3']);
    // A quarter is left to those without a session, and no more.
    open('newest');
    expect(closed().toSorted()).toEqual(['a2', 'n3', 'new']);
  });

  test('what has closed counts no more, also while it was held', async () => {
    const { connections, open } = made(2);
    const connection = open('a');
    const letGo = connections.hold(connection, 'alice');
    connection.destroy();
    await once(connection, 'close');
    expect(connections.count).toBe(0);
    letGo();
    connections.hold(connection, 'alice')();
    connections.add(connection);
    expect(connections.count).toBe(0);
  });
});

describe('a console', () => {
  let world: ClusterWorld;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    world = await startWorld([], { limits: { maxConnections } });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await world.stop();
  });

  async function connected(allowHalfOpen = false): Promise<Socket> {
    const socket = connect({ port: world.console.port, host: '127.0.0.1', allowHalfOpen });
    sockets.push(socket);
    socket.on('error', () => undefined).resume();
    await once(socket, 'connect');
    return socket;
  }

  test('full of connections that send nothing lets people log in, and closes no stream for them', async () => {
    const alice = await world.logIn('alice');
    const watch = world.open('/k8s/cluster/api/v1/namespaces/x/events?watch=true', streamProtocol, {
      cookie: alice.cookie,
    });
    await until(() => world.api.open.size === 1, 'the watch is open');
    for (let count = 0; count < 3 * maxConnections; count += 1) await connected();
    await until(() => sockets.filter(({ closed }) => closed).length >= 2 * maxConnections, 'the oldest are closed');
    // Over a connection of its own.
    const head = 'GET /api/session HTTP/1.1\r\nHost: console.test\r\nConnection: close\r\n\r\n';
    expect(await world.raw(head)).toMatch(/^HTTP\/1\.1 401 /);
    expect([watch.readyState, world.console.streamCount()]).toEqual([watch.OPEN, 1]);
    watch.terminate();
    await endOf(watch);
  });

  test('closes the connection of a WebSocket that it refuses, though the other side does not', async () => {
    const socket = await connected(true);
    const closed = once(socket, 'end');
    socket.write(
      'GET /k8s/cluster/api/v1/pods?watch=true HTTP/1.1\r\nHost: console.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await closed;
    // What is sent to a connection that is closed whole is answered by a reset.
    const reset = once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code);
    const sending = setInterval(() => socket.write('x'), 50);
    expect(['ECONNRESET', 'EPIPE']).toContain(await reset);
    clearInterval(sending);
  });
});
