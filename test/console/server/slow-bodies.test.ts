/** Bodies that come slowly: a slow link may send a large value, and nobody keeps a place by sending little. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SlowBodies } from '../../../src/console/server/slow-bodies.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { startWorld, type ClusterWorld } from './cluster-world.ts';
import { oneWaits } from './waiting-request.ts';

const KiB = 1024;

interface Sender {
  readonly request: IncomingMessage;
  send(bytes: number): Promise<void>;
  answer(): string;
  readonly closed: Promise<string>;
}

describe('a body', () => {
  let clock: ManualClock;
  let bodies: SlowBodies;
  let server: Server;
  let isUpload = false;
  let reads = true;
  let came: (request: IncomingMessage) => void = () => undefined;

  beforeEach(async () => {
    clock = new ManualClock();
    bodies = new SlowBodies(clock);
    [isUpload, reads] = [false, true];
    server = createServer({ requestTimeout: 0 }, (request, response) => {
      bodies.watch(request, response, { isUpload });
      request.on('error', () => undefined).on('end', () => response.end('whole'));
      if (reads) request.resume();
      came(request);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function begin(framing: string): Promise<Sender> {
    const arrived = new Promise<IncomingMessage>((resolve) => (came = resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => (text += chunk.toString()));
    const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(text)));
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n`);
    const request = await arrived;
    return {
      request,
      send: async (bytes) => {
        const before = request.socket.bytesRead;
        socket.write(Buffer.alloc(bytes, 0x20));
        await until(() => request.socket.bytesRead >= before + bytes, 'it has come');
      },
      answer: () => text,
      closed,
    };
  }

  test('of 3 MiB may come over a link of 80 kbit/s', async () => {
    const sender = await begin(`Content-Length: ${String(3 * KiB * KiB)}`);
    for (let sent = 0; sent < 3 * KiB; sent += 96) {
      await clock.advance(9_600);
      await sender.send(96 * KiB);
    }
    await until(() => sender.answer().endsWith('whole'), 'it is taken');
  });

  test('that comes at less than 64 kbit/s after the first seconds ends, and says why', async () => {
    const sender = await begin(`Content-Length: ${String(KiB * KiB)}`);
    await clock.advance(10_000);
    expect(sender.answer()).toBe('');
    await sender.send(32 * KiB);
    await clock.advance(4_000);
    await sender.send(KiB);
    expect(sender.answer()).toBe('');
    await clock.advance(2_000);
    expect(await sender.closed).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"RequestTooSlow"/);
  });

  test('that is small has the first seconds alone', async () => {
    const sender = await begin('Content-Length: 2');
    await clock.advance(11_000);
    expect(await sender.closed).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('in chunks has an end too, whatever its chunks are', async () => {
    const sender = await begin('Transfer-Encoding: chunked');
    // Much comes, none of it the end.
    Object.defineProperty(sender.request.socket, 'bytesRead', { value: 10 * KiB * KiB });
    await clock.advance(9 * 60_000);
    expect(sender.answer()).toBe('');
    await clock.advance(120_000);
    expect(await sender.closed).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('of an upload to a job may take hours, as long as it comes', async () => {
    isUpload = true;
    const sender = await begin(`Content-Length: ${String(KiB * KiB)}`);
    Object.defineProperty(sender.request.socket, 'bytesRead', { value: 1_000 * KiB * KiB });
    await clock.advance(2 * 3_600_000);
    expect(sender.answer()).toBe('');
    expect(sender.request.socket.destroyed).toBe(false);
  });

  test('that waits here for its turn, or for a job that reads slowly, takes no time of its sender', async () => {
    reads = false;
    const sender = await begin('Content-Length: 4');
    await clock.advance(60_000);
    await sender.send(2);
    sender.request.once('readable', () => undefined);
    await clock.advance(60_000);
    expect(sender.request.socket.destroyed).toBe(false);
    sender.request.resume();
    await sender.send(2);
    await until(() => sender.answer().endsWith('whole'), 'it is taken');
  });

  test('that is slow keeps its place while nobody wants it, and gives it to another user after a limit', async () => {
    const sender = await begin(`Content-Length: ${String(3 * KiB * KiB)}`);
    let limitMs = Infinity;
    bodies.hasPlace(sender.request, () => limitMs);
    await sender.send(KiB * KiB);
    await clock.advance(60_000);
    expect(sender.answer()).toBe('');
    limitMs = 30_000;
    await clock.advance(1_000);
    expect(await sender.closed).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('that somebody else wants has its place until the limit', async () => {
    const sender = await begin(`Content-Length: ${String(3 * KiB * KiB)}`);
    bodies.hasPlace(sender.request, () => 30_000);
    await sender.send(KiB * KiB);
    await clock.advance(29_000);
    expect(sender.answer()).toBe('');
    await clock.advance(1_000);
    expect(await sender.closed).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('accounts that send slowly', () => {
  const clock = new ManualClock();
  let world: ClusterWorld;
  let senders: readonly Socket[] = [];

  afterEach(async () => {
    for (const socket of senders) socket.destroy();
    await world.stop();
  });

  test('with all places that there are leave one to the next user within seconds', async () => {
    world = await startWorld([], {
      clock,
      limits: { requests: 4, requestsOfUser: 2, requestsOfEach: 0, waitingOfUser: 1 },
    });
    const slow = await Promise.all(['mallory', 'mallet'].map((user) => world.logIn(user)));
    const alice = await world.logIn('alice');
    senders = [...slow, ...slow].map(({ cookie, csrf }) => {
      const socket = connect(world.console.port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      socket.write(
        `POST /k8s/cluster/apis/neu.ro/v1/namespaces/alice/neurojobs HTTP/1.1\r\nHost: console.test\r\nCookie: ${cookie}\r\n` +
          `X-CSRF-Token: ${csrf}\r\nContent-Type: application/json\r\nContent-Length: 2900000\r\n\r\n`,
      );
      // Enough for five minutes.
      socket.write(Buffer.alloc(2_500_000, 0x20));
      return socket;
    });
    const answer = await oneWaits(() =>
      world.ask('/k8s/cluster/apis/neu.ro/v1/namespaces/alice/usersecrets', { cookie: alice.cookie }),
    );
    expect(answer()).toBeUndefined();
    // Five seconds, and the two looks around them.
    await clock.advance(7_000);
    await until(() => answer()?.status === 200, 'she is served');
  });
});
