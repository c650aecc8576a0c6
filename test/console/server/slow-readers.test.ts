/** Responses that are read slowly: nobody keeps a place that others need by reading little. */
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { startWorld, type ClusterWorld, type Login } from './cluster-world.ts';
import { oneWaits } from './waiting-request.ts';

const secrets = '/k8s/cluster/apis/neu.ro/v1/namespaces/alice/usersecrets';
const watch = '/k8s/cluster/api/v1/namespaces/alice/configmaps?watch=true';
/** More than the buffers on the way hold. */
const large = '/assets/large.js';
const largeBytes = 32 * 1024 * 1024;
/** Five seconds, and the two looks around them. */
const withinMs = 7_000;

let clock: ManualClock;
let world: ClusterWorld;
let readers: Socket[] = [];
let underWay = 0;

beforeEach(() => {
  clock = new ManualClock();
  [readers, underWay] = [[], 0];
});
afterEach(async () => {
  for (const socket of readers) socket.destroy();
  await world.stop();
});

/** Sends them in one packet, and reads nothing. */
function send({ cookie }: Login, paths: readonly string[]): void {
  const socket = connect(world.console.port, '127.0.0.1');
  readers.push(socket);
  socket.on('error', () => undefined);
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: console.test\r\nCookie: ${cookie}\r\n\r\n`).join(''));
}

/** Alice has to wait, and is served in time. */
async function expectServed({ cookie }: Login): Promise<void> {
  const answer = await oneWaits(() => world.ask(secrets, { cookie }));
  expect(answer()).toBeUndefined();
  await clock.advance(withinMs);
  await until(() => answer()?.status === 200, 'she is served');
}

function sendMuch(name: string): void {
  world.api.scripted.set(name, (_request, response) => {
    let isOver = false;
    underWay += 1;
    const write = (): void => {
      while (!isOver && response.write(Buffer.alloc(64 * 1024))) continue;
    };
    response.on('drain', write).on('close', () => {
      isOver = true;
      underWay -= 1;
    });
    response.writeHead(200, { 'content-type': 'application/json' });
    write();
  });
}

test('accounts that read nothing keep all places while nobody needs one, and then leave one within seconds', async () => {
  world = await startWorld([], {
    clock,
    limits: { requests: 4, requestsOfUser: 2, requestsOfEach: 0, waitingOfUser: 1 },
  });
  const slow = await Promise.all(['mallory', 'mallet'].map((user) => world.logIn(user)));
  const alice = await world.logIn('alice');
  for (const [index, login] of [...slow, ...slow].entries()) {
    sendMuch(`large-${String(index)}`);
    send(login, [`${secrets}/large-${String(index)}`]);
  }
  await until(() => underWay === 4, 'all places are taken');
  await clock.advance(60_000);
  expect(underWay).toBe(4);
  await expectServed(alice);
  await until(() => underWay < 4, 'one has left');
});

test.each([
  ['a watch', watch],
  ['a file that nobody reads', large],
])('responses that wait behind %s on their connection keep no places that others need', async (_case, first) => {
  world = await startWorld([], {
    clock,
    limits: { requests: 7, requestsOfUser: 7, requestsOfEach: 0, waitingOfUser: 1 },
  });
  writeFileSync(join(world.folder, 'files', large), Buffer.alloc(largeBytes));
  const [mallory, alice] = [await world.logIn('mallory'), await world.logIn('alice')];
  send(mallory, [first, ...Array.from({ length: 7 }, () => secrets)]);
  await until(
    () => world.api.forwarded.filter(({ url }) => url.endsWith('/usersecrets')).length === 7,
    'all are asked',
  );
  await expectServed(alice);
});

test.each(['/api/config', '/api/session'])(
  'responses of the console itself to %s keep no place until they are read',
  async (path) => {
    world = await startWorld([], { clock, limits: { requests: 7, requestsOfUser: 7, requestsOfEach: 0 } });
    const [mallory, alice] = [await world.logIn('mallory'), await world.logIn('alice')];
    const before = world.api.requests.length;
    send(mallory, [watch, ...Array.from({ length: 7 }, () => path)]);
    await until(() => world.api.requests.length >= before + 8, 'all are asked');
    expect((await world.ask(secrets, { cookie: alice.cookie })).status).toBe(200);
    expect([world.console.streamCount(), clock.steadyNow()]).toEqual([1, 0]);
  },
);
